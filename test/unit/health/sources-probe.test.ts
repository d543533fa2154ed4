import { expect, test } from 'vitest';
import type { Catalog, PostgresSourceConfig } from '../../../lib/core/catalog/catalog.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { sourcesProbe } from '../../../lib/core/health/sources-probe.ts';
import { changingSecrets } from '../../support/memory-keys.ts';

const postgres = (secret: string, caSecret?: string): PostgresSourceConfig => ({
  kind: 'postgres',
  connection: { secret },
  maxConnections: 8,
  parallelTables: 1,
  statementTimeoutMinutes: 1,
  connectTimeoutSeconds: 1,
  tls: { mode: 'verify', ...(caSecret === undefined ? {} : { caSecret }) },
  allowPowerfulLogin: [],
});

const sources: Catalog['sources'] = {
  shop: postgres('pg-shop'),
  desk: postgres('pg-desk', 'pg-desk-ca'),
  log: { kind: 'sluice', parallelTables: 1 },
  file: { kind: 'sqlite', file: 'x.db', parallelTables: 1 },
};
const all = { 'pg-shop': 'a', 'pg-desk': 'b', 'pg-desk-ca': 'c' };
const problemOf = () => 'unreachable' as const;
const probeWith = (values: Record<string, string>) =>
  sourcesProbe({ sources }, changingSecrets(values), problemOf);

test('all is well when every secret that a source names is there', async () => {
  expect(await probeWith(all).run()).toBeUndefined();
});

test('sources never make the app unready: one that is down must not take the others with it', () => {
  expect(probeWith({})).toMatchObject({ name: 'sources', required: false });
});

test('a missing secret is one finding; only the log names the sources', async () => {
  const { 'pg-shop': _, 'pg-desk-ca': __, ...rest } = all;
  expect(await probeWith(rest).run()).toMatchObject({
    problem: 'missing',
    facts: { sources: 'shop,desk' },
    error: {
      code: 'secret_unavailable',
      internal:
        'Sources that cannot be read: shop (secret pg-shop is missing), desk (secret pg-desk-ca is missing).',
    },
  });
});

test('a secret store that does not answer is not a missing secret', async () => {
  const secrets = {
    find: () => Promise.reject(new SluiceError('secret_unavailable')),
  };
  expect(await sourcesProbe({ sources }, secrets, problemOf).run()).toMatchObject({
    problem: 'unreachable',
    facts: { sources: 'shop,desk' },
  });
});
