import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../../lib/config/config-error.ts';
import { parseCatalog } from '../../lib/config/load-catalog.ts';
import { loadIssuers } from '../../lib/config/load-issuers.ts';
import type { Catalog } from '../../lib/core/catalog/catalog.ts';
import { issuerMistakes } from '../../lib/core/identity/issuer-mistakes.ts';
import { checkCertificates } from './check-certificates.ts';
import type { Files } from './files.ts';
import type { PackageOptions } from './options.ts';
import { PackageError, reasonOf } from './package-error.ts';

/** The operator's own files under the names that the deployment's settings use. */
export interface OperatorFiles {
  readonly files: Files;
  /** What the operator should know, a sentence or two each. */
  readonly notes: readonly string[];
}

/** Reads and checks them as the app will at its start; throws with every mistake of all of them. */
export function readOperatorFiles(
  options: Pick<PackageOptions, 'catalog' | 'issuers' | 'ca'>,
): OperatorFiles {
  const files = new Map<string, Uint8Array>();
  const notes: string[] = options.catalog === undefined ? [catalogIsMissing] : [];
  const mistakes: string[] = [];
  for (const { option, name, check } of kinds) {
    const path = options[option];
    if (path === undefined) continue;
    try {
      const bytes = readGiven(option, path);
      notes.push(...check(bytes.toString('utf8'), path));
      files.set(name, bytes);
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof PackageError)) throw error;
      mistakes.push(error.message);
    }
  }
  if (mistakes.length > 0) throw new PackageError(mistakes.join('\n'));
  return { files, notes };
}

const catalogIsMissing = `No catalog was packed, and an app without one serves nothing. Next:
  npm run package -- --catalog <your catalog.json>`;

interface Kind {
  readonly option: 'catalog' | 'issuers' | 'ca';
  readonly name: string;
  /** Throws for mistakes; answers notes. */
  readonly check: (text: string, path: string) => readonly string[];
}

const kinds: readonly Kind[] = [
  {
    option: 'catalog',
    name: 'catalog.json',
    check: (text, path) => notesOn(parseCatalog(text, path)),
  },
  { option: 'issuers', name: 'issuers.json', check: checkIssuers },
  { option: 'ca', name: 'webhook-ca.pem', check: checkCertificates },
];

function readGiven(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = `${path} (${reasonOf(error)})`;
    throw new PackageError(`--${option}: the file cannot be read: ${why}`, { cause: error });
  }
}

/** A relative path is looked for in the app's folder, where only packed files are. */
function notesOn({ sources }: Catalog): readonly string[] {
  return Object.entries(sources).flatMap(([name, source]) =>
    source.kind === 'sqlite'
      ? [`The source ${name} reads the SQLite file ${source.file}, which is not in the package.`]
      : [],
  );
}

function checkIssuers(_text: string, path: string): readonly string[] {
  // A whole path, because loadIssuers takes text that begins with [ for the list itself.
  loadIssuers(resolve(path), {
    directory: '',
    issuerMistakes: (issuers, index) => issuerMistakes(issuers, index, { allowLoopback: false }),
  });
  return [];
}
