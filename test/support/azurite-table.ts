import { TableClient } from '@azure/data-tables';

/** A client of one table of the emulator, past the adapters: to see or change what is stored. */
export function azuriteTable(
  { connectionString }: { readonly connectionString: string },
  name: string,
): TableClient {
  return TableClient.fromConnectionString(connectionString, name, {
    allowInsecureConnection: true,
  });
}
