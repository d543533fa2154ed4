import type { Environment } from './env.ts';

type Storage = { readonly kind: 'emulator' | 'endpoint' };

/** The settings that must not stand beside each other. */
interface Mixed {
  readonly SLUICE_STATE_STORAGE: Storage;
  readonly SLUICE_EXPORT_STORAGE: Storage;
  readonly SLUICE_WEBHOOK_ALLOW_LOOPBACK: string;
  readonly SLUICE_ISSUER_ALLOW_LOOPBACK: string;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
}

/**
 * What is right by itself and wrong together: a developer's switches beside real storage, the emulator beside an
 * account, and credentials on a way that everybody can read.
 */
export function mixtureMistakes(values: Mixed, given: Environment): readonly string[] {
  return [
    ...loopbackMistakes(values),
    ...halfEmulator(values),
    ...openCredentials(values.OTEL_EXPORTER_OTLP_ENDPOINT, given),
  ];
}

function loopbackMistakes(values: Mixed): readonly string[] {
  const real = realStorage(values);
  if (real.length === 0) return [];
  const switches = ['SLUICE_WEBHOOK_ALLOW_LOOPBACK', 'SLUICE_ISSUER_ALLOW_LOOPBACK'] as const;
  return switches
    .filter((name) => values[name] === 'true')
    .map((name) => `${name} is for development only, and ${real[0]} is an account: take it out`);
}

function halfEmulator(values: Mixed): readonly string[] {
  const real = realStorage(values);
  return real.length === 1
    ? [`${real[0]} is an account, and the other storage is the emulator: give both the same kind`]
    : [];
}

type StorageSetting = 'SLUICE_STATE_STORAGE' | 'SLUICE_EXPORT_STORAGE';

function realStorage(values: Mixed): readonly StorageSetting[] {
  const names: readonly StorageSetting[] = ['SLUICE_STATE_STORAGE', 'SLUICE_EXPORT_STORAGE'];
  return names.filter((name) => values[name].kind === 'endpoint');
}

function openCredentials(endpoint: string | undefined, given: Environment): readonly string[] {
  if (endpoint === undefined || !endpoint.startsWith('http:') || isThisMachine(endpoint)) return [];
  const { username, password } = new URL(endpoint);
  const headers = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_METRICS_HEADERS'];
  const hasHeaders = headers.some((name) => (given[name] ?? '') !== '');
  return hasHeaders || username !== '' || password !== ''
    ? [
        'OTEL_EXPORTER_OTLP_ENDPOINT is plain http, so anybody on the way could read the credentials for it: use https',
      ]
    : [];
}

function isThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
