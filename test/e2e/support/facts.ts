import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

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

/** Where `npm run e2e:prepare` leaves them. */
export const preparedFolder = join(import.meta.dirname, '../../../.sluice/e2e');
export const factsFile = join(preparedFolder, 'facts.json');

export async function readFacts(): Promise<Omit<E2eFacts, 'url'>> {
  return JSON.parse(await readFile(factsFile, 'utf8')) as Omit<E2eFacts, 'url'>;
}
