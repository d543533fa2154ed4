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
  for (const rowKey of exportIds) {
    await due.updateEntity({ partitionKey: 'running', rowKey, at }, 'Merge');
  }
}
