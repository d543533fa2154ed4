import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { createRequestExport } from '../../../lib/core/exports/request-export.ts';
import { limits } from '../../../lib/core/limits.ts';
import { issueFileLinks } from '../../../lib/core/links/issue-links.ts';
import { noteFetched } from '../../../lib/core/links/note-fetched.ts';
import { type KeyPrincipal, ownerScopes } from '../../../lib/core/principal.ts';
import { deleteExport } from '../../../lib/core/retention/delete-export.ts';
import { retireTraces } from '../../../lib/core/retention/retire-traces.ts';
import { sweepExpired } from '../../../lib/core/retention/sweep.ts';
import { sweepDeliveryLog } from '../../../lib/core/webhooks/sweep-log.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { storedState } from '../../support/stored-state.ts';
import {
  acceptExport,
  notingStarter,
  openWorkshop,
  type Workshop,
} from '../../support/workshop.ts';
import { endpointOf } from '../tables/samples.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
  workshop.source.rows = [['1', 'a']];
});
afterAll(() => workshop.stop());

const dayMs = 86_400_000;
const pass = (days: number) => {
  workshop.time.now = new Date(workshop.time.now.getTime() + days * dayMs);
};
const { starter } = notingStarter();
const purgedBefore: Date[] = [];
const history = { purgeEnded: async (before: Date) => void purgedBefore.push(before) };

/** What the timers do each day. */
async function dailyWork(): Promise<void> {
  await sweepExpired(workshop.deps, starter);
  await retireTraces(workshop.deps, history);
  await sweepDeliveryLog(workshop.deps);
}

/** An export as a tenant uses it: asked for by key, announced, linked and fetched. */
async function usedExport(tenantId: string): Promise<string> {
  const { deps } = workshop;
  const principal: KeyPrincipal = { kind: 'key', tenantId, keyId: 'robot', scopes: ownerScopes };
  const request = createRequestExport({ ...deps, describeTables: async () => [] });
  const order = { principal, wish: { tables: 'all' as const }, idempotencyKey: 'nightly' };
  const { record } = await request(order, starter);
  const work = { tenantId, exportId: record.id, attempt: 1 };
  await planExport(deps, work);
  await exportTable(deps, { ...work, table: 0 });
  await closeExport(deps, work);
  const signer = {
    signFile: async () => 'https://store.example/x',
    signExport: async () => ({ baseUrl: 'https://store.example/', sasToken: '?x' }),
  };
  await issueFileLinks({ ...deps, signer }, { principal, exportId: record.id });
  const files = (await deps.parts.list(record.id)).map(({ name, sha256 }) => ({ name, sha256 }));
  await noteFetched(deps, { principal, exportId: record.id, files });
  await deps.due.clearRunning(work);
  return record.id;
}

/** The tables of Table Storage that hold rows which name this. */
async function tablesNaming(text: string): Promise<readonly string[]> {
  const state = await storedState(workshop.azurite);
  const named = [...state].filter(([address, row]) => `${address} ${row}`.includes(text));
  return [...new Set(named.map(([address]) => address.split('/')[0] ?? ''))].sort();
}

/** The first column of the page's table with its last one. */
function livesOnPage(): ReadonlyMap<string, string> {
  const page = join(import.meta.dirname, '../../../lib/adapters/tables/README.md');
  const lives = new Map<string, string>();
  let table = '';
  for (const line of readFileSync(page, 'utf8').split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.length !== 7 || cells[4] === 'holds' || /^-+$/.test(cells[1] ?? '')) continue;
    table = /`(\w+)`/.exec(cells[1] ?? '')?.[1] ?? table;
    lives.set(table, `${lives.get(table) ?? ''} ${cells[5] ?? ''}`.trim());
  }
  return lives;
}

test('S34 of an export nothing but its row, its receipt and its events outlives its stated life', async () => {
  const { tenantId } = await acceptExport(workshop, ['one']);
  await workshop.deps.endpoints.insert(endpointOf('ep', { tenantId, events: ['export.deleted'] }));
  const early = await usedExport(tenantId);
  expect(await tablesNaming(early)).toEqual([
    ...[`blob exp-${early}`, `container exp-${early}`],
    ...['due', 'exportParts', 'exportTables', 'exports', 'fetches', 'idempotency', 'links'],
  ]);
  await deleteExport(workshop.deps, { tenantId, exportId: early, reason: 'request' }, starter);
  const kept = ['exportParts', 'exportTables', 'exports', 'fetches', 'links', 'receipts'];
  expect(await tablesNaming(early)).toEqual(
    ['audit', 'deliveries', 'due', 'idempotency', ...kept].sort(),
  );
  pass(2);
  await dailyWork();
  expect(await tablesNaming(early)).toEqual(['audit', 'deliveries', 'due', ...kept].sort());
  pass(limits.exportTraceDays);
  await dailyWork();
  expect(await tablesNaming(early)).toEqual(['audit', 'due', 'exports', 'links', 'receipts']);
  pass(limits.linkLedgerDays);
  await dailyWork();
  expect(await tablesNaming(early)).toEqual(['audit', 'exports', 'receipts']);
  expect((await workshop.deps.exports.find(tenantId, early))?.value.status).toBe('expired');
});

test('what the sweep deletes loses its rows in the same way, and one failure holds nothing up', async () => {
  const { tenantId } = await acceptExport(workshop, ['one']);
  const one = await usedExport(tenantId);
  pass(3);
  const other = await usedExport(tenantId);
  expect(other).not.toBe(one);
  pass(8);
  await dailyWork();
  pass(limits.exportTraceDays);
  const parts = {
    ...workshop.deps.parts,
    removeAll: (exportId: string) =>
      exportId === one
        ? Promise.reject(new Error('held'))
        : workshop.deps.parts.removeAll(exportId),
  };
  await retireTraces({ ...workshop.deps, parts }, history);
  expect(await tablesNaming(one)).toContain('exportParts');
  expect(await tablesNaming(other)).not.toContain('exportParts');
  await dailyWork();
  expect(await tablesNaming(one)).not.toContain('exportParts');
});

test('histories of orchestrations go thirty days after they began', async () => {
  purgedBefore.length = 0;
  await dailyWork();
  expect(purgedBefore).toEqual([
    new Date(workshop.time.now.getTime() - limits.instanceDays * dayMs),
  ]);
});

test('the page names a life for every table that there is', async () => {
  const lives = livesOnPage();
  const tables = [...(await storedState(workshop.azurite)).keys()]
    .filter((address) => address.includes('/') && !address.startsWith('blob '))
    .map((address) => address.split('/')[0] ?? '');
  for (const table of tables)
    expect([table, lives.get(table)]).toEqual([table, expect.any(String)]);
  expect([...lives.values()].filter((life) => life === '')).toEqual([]);
  expect(lives.get('exportTables')).toContain(`${limits.exportTraceDays} days after the files`);
  expect(lives.get('links')).toContain(`${limits.linkLedgerDays} days after the files`);
  expect(lives.get('idempotency')).toContain(`${limits.idempotencyHours} hours`);
  expect(lives.get('deliveries')).toContain(`${limits.webhookLogDays} days`);
});
