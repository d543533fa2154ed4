import { parseArgs } from 'node:util';
import { PackageError } from './package-error.ts';

/** Where orchestrations live: in storage, or at the Durable Task Scheduler. */
export type Backend = 'storage' | 'scheduler';

/** What the operator adds to the app, and where the zip goes; paths start where the command runs. */
export interface PackageOptions {
  readonly catalog: string | undefined;
  readonly issuers: string | undefined;
  readonly ca: string | undefined;
  readonly backend: Backend;
  readonly out: string | undefined;
}

export const usage = `usage: npm run package -- [options]
Makes the zip that Azure runs, with an SBOM inside, and its SHA-256 beside it.
  --catalog <file>   your catalog; it is checked and packed as catalog.json
  --issuers <file>   your identity providers; checked and packed as issuers.json
  --ca <file>        root certificates (PEM) of webhook receivers; packed as webhook-ca.pem
  --backend <kind>   storage (default), or scheduler for a stamp with a Durable Task Scheduler
  --out <file>       the zip; without it .sluice/package/sluice-<version>.zip, and the same
                     unpacked in .sluice/package/app
All but --out can be given as SLUICE_PACKAGE_CATALOG and so on, which is how azd gives them.`;

/** What the command line asks for, or else the environment; undefined when it asks for the usage. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): PackageOptions | undefined {
  const { help, catalog, issuers, ca, backend, out } = parse(args);
  // An empty variable is the same as none.
  const fallback = (name: string) => environment[`SLUICE_PACKAGE_${name}`] || undefined;
  if (help) return undefined;
  return {
    catalog: catalog ?? fallback('CATALOG'),
    issuers: issuers ?? fallback('ISSUERS'),
    ca: ca ?? fallback('CA'),
    backend: toBackend(backend ?? fallback('BACKEND') ?? 'storage'),
    out,
  };
}

function toBackend(text: string): Backend {
  if (text === 'storage' || text === 'scheduler') return text;
  throw new PackageError(`--backend is storage or scheduler, not ${text}`);
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        catalog: { type: 'string' },
        issuers: { type: 'string' },
        ca: { type: 'string' },
        backend: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new PackageError(`${what}\n\n${usage}`, { cause: error });
  }
}
