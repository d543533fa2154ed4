import type { Catalog, CatalogSource } from '../catalog/catalog.ts';
import { SluiceError } from '../errors.ts';
import type { OptionalSecretStore } from '../secrets.ts';
import type { Finding, Probe, Problem } from './check.ts';

const maxAgeMs = 60_000;

/**
 * Looks whether the secrets that the catalog's sources name are there. The sources themselves are not
 * asked, and nothing about them makes the app unready: a vendor's database that is down, or one secret
 * that was forgotten, must not take exports of all other sources, downloads and deletions with it.
 * The answer names no source; the log does.
 */
export function sourcesProbe(
  { sources }: Pick<Catalog, 'sources'>,
  secrets: OptionalSecretStore,
  problemOf: (error: unknown) => Problem,
): Probe {
  const lookAt = async (name: string): Promise<Problem | undefined> => {
    try {
      return (await secrets.find(name, maxAgeMs)) === undefined ? 'missing' : undefined;
    } catch (error) {
      return problemOf(error);
    }
  };
  return {
    name: 'sources',
    required: false,
    async run() {
      const found = await Promise.all(
        Object.entries(sources).flatMap(([source, config]) =>
          secretsOf(config).map(async (secret) => ({
            source,
            secret,
            problem: await lookAt(secret),
          })),
        ),
      );
      return findingOf(found.filter((entry): entry is Lacking => entry.problem !== undefined));
    },
  };
}

interface Lacking {
  readonly source: string;
  readonly secret: string;
  readonly problem: Problem;
}

function secretsOf(source: CatalogSource): readonly string[] {
  if (source.kind !== 'postgres') return [];
  const { connection, tls } = source;
  return [connection.secret, ...(tls.caSecret === undefined ? [] : [tls.caSecret])];
}

function findingOf(lacking: readonly Lacking[]): Finding | undefined {
  const [first] = lacking;
  if (first === undefined) return undefined;
  const told = lacking.map(
    ({ source, secret, problem }) => `${source} (secret ${secret} is ${problem})`,
  );
  const error = new SluiceError('secret_unavailable', {
    internal: `Sources that cannot be read: ${told.join(', ')}.`,
  });
  const facts = { sources: [...new Set(lacking.map(({ source }) => source))].join(',') };
  return { problem: first.problem, error, facts };
}
