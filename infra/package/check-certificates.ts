import { X509Certificate } from 'node:crypto';
import { PackageError, reasonOf } from './package-error.ts';

/** Holds that a PEM file has certificates and nothing secret; answers no notes. */
export function checkCertificates(text: string, path: string): readonly string[] {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw new PackageError(`--ca: ${path} holds a private key; give certificates only`);
  }
  const found = text.match(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs) ?? [];
  if (found.length === 0) throw new PackageError(`--ca: ${path} holds no certificate in PEM form`);
  for (const [index, pem] of found.entries())
    checkCertificate(pem, `certificate ${index + 1}`, path);
  return [];
}

function checkCertificate(pem: string, which: string, path: string): void {
  try {
    new X509Certificate(pem);
  } catch (error) {
    const what = `--ca: ${path}: ${which} cannot be read: ${reasonOf(error)}`;
    throw new PackageError(what, { cause: error });
  }
}
