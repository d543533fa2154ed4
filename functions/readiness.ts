import { isRestError } from '@azure/core-rest-pipeline';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import { asSluiceError, errorTable } from '../lib/core/errors.ts';
import type { Check, Probe, Problem } from '../lib/core/health/check.ts';
import { createChecks } from '../lib/core/health/create-checks.ts';
import { secretProbe } from '../lib/core/health/secret-probe.ts';
import { sourcesProbe } from '../lib/core/health/sources-probe.ts';
import { ownSecrets } from '../lib/core/own-secrets/own-secret.ts';
import type { Adapters } from './adapters.ts';

type Neighbours = Pick<Adapters, 'stores' | 'files' | 'linkSigner' | 'secrets' | 'clock' | 'log'>;

/** No export has this id; what is signed for it opens nothing. */
const nobody = 'readiness';

/**
 * Looks at everything that the app works with. Only what takes every tenant's exports or links with it
 * makes the app unready, because a load balancer then takes the whole stamp out: both storages, the
 * four secrets, and signing links. Sources and left-over secrets are told and change nothing.
 */
export function createReadiness(
  adapters: Neighbours,
  catalog: Catalog,
): () => Promise<readonly Check[]> {
  const { stores, files, secrets, clock, log } = adapters;
  const probes: readonly Probe[] = [
    neighbour('state_storage', () => stores.ping()),
    neighbour('export_storage', () => files.exists(nobody)),
    neighbour('link_signing', () => signLink(adapters)),
    ...ownSecrets.map((secret) => secretProbe(secrets, secret)),
    sourcesProbe(catalog, secrets, problemOf),
  ];
  return createChecks({ probes, problemOf, clock, log });
}

function neighbour(name: string, ask: () => Promise<unknown>): Probe {
  return { name, required: true, run: () => ask().then(() => undefined) };
}

/** Cheap: the signer keeps its delegation key for hours. */
function signLink({ linkSigner, clock }: Neighbours): Promise<string> {
  const from = clock();
  return linkSigner.signFile(nobody, nobody, { from, until: new Date(from.getTime() + 60_000) });
}

/** The services' own answer tells a missing role from a service that is down. */
function problemOf(error: unknown): Problem {
  const { code, cause } = asSluiceError(error);
  const status = isRestError(cause) ? cause.statusCode : undefined;
  if (status === 401 || status === 403) return 'forbidden';
  return errorTable[code].status === 503 ? 'unreachable' : 'failed';
}
