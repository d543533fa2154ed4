import { odata } from '@azure/data-tables';
import { expect } from 'vitest';
import { azuriteTable } from '../../support/azurite-table.ts';

/** Lets the host run this timer function now; answers when the host has taken the order. */
export async function runTimer(hostUrl: string, name: string): Promise<void> {
  const answer = await fetch(`${hostUrl}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":""}',
  });
  expect(answer.status).toBe(202);
}

/** Ten minutes pass for these exports in the eyes of the watchdog, which lets a younger one be. */
export async function makeOld(
  storage: { readonly connectionString: string },
  exportIds: readonly string[],
): Promise<void> {
  const due = azuriteTable(storage, 'due');
  const at = new Date(Date.now() - 600_000);
  const marks = due.listEntities({ queryOptions: { filter: odata`PartitionKey eq ${'running'}` } });
  for await (const { partitionKey = '', rowKey = '', ...mark } of marks) {
    if (!exportIds.includes(String(mark['exportId']))) continue;
    await due.updateEntity({ partitionKey, rowKey, at }, 'Merge');
  }
}
