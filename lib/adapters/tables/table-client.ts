import { TableClient } from '@azure/data-tables';
import { requireEmulator } from '../shared/emulator-connection.ts';
import { retryingClientOptions, type StorageAccount } from '../shared/storage-options.ts';
import { asciiBodyPolicy } from './ascii-body-policy.ts';

/** A client of one table. Throws TypeError for a connection string of any account but the emulator's. */
export function tableClient(account: StorageAccount, tableName: string): TableClient {
  const retrying = retryingClientOptions();
  const asciiBodies = { policy: asciiBodyPolicy, position: 'perCall' as const };
  const options = {
    ...retrying,
    additionalPolicies: [...retrying.additionalPolicies, asciiBodies],
  };
  if (account.kind === 'identity') {
    return new TableClient(account.serviceUrl, tableName, account.credential, options);
  }
  requireEmulator(account.connectionString);
  return TableClient.fromConnectionString(account.connectionString, tableName, {
    ...options,
    allowInsecureConnection: true,
  });
}
