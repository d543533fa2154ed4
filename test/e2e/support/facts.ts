import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What the suite must know of a host that it did not start. */
export interface E2eFacts {
  readonly url: string;
  readonly operatorKey: string;
  /** The superuser in the vendor's database, for cases that cut a connection. */
  readonly databaseAdminUrl: string;
  /** Everything that the host writes; absent for a host that this suite did not start. */
  readonly logFile?: string;
  /** What must not be in it: the secrets among the settings. */
  readonly secrets?: readonly string[];
}

/** Where `npm run e2e:prepare` leaves them: by clone, and outside it, for a host may watch the app's folder. */
export const preparedFolder = join(tmpdir(), `sluice-e2e-${cloneId()}`);
export const factsFile = join(preparedFolder, 'facts.json');

export async function readFacts(): Promise<Omit<E2eFacts, 'url'>> {
  return JSON.parse(await readFile(factsFile, 'utf8')) as Omit<E2eFacts, 'url'>;
}

function cloneId(): string {
  const root = resolve(import.meta.dirname, '../../..');
  return createHash('sha256').update(root).digest('hex').slice(0, 12);
}
