import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditedDeliveries, auditedEndpoints } from '../../../lib/core/audit/audited-stores.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { announceExport } from '../../../lib/core/exports/announce-export.ts';
import { cancelExport } from '../../../lib/core/exports/cancel-export.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { deleteExport } from '../../../lib/core/retention/delete-export.ts';
import { sampleEndpoint } from '../../support/webhook-samples.ts';
import {
  acceptExport,
  notingStarter,
  openWorkshop,
  type Workshop,
} from '../../support/workshop.ts';
import { deliveryOf } from '../tables/samples.ts';
import { eventsOf } from './chain-world.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.stop());

const { starter } = notingStarter();

async function storyOf({ tenantId }: Pick<ExportWork, 'tenantId'>) {
  const events = await eventsOf(workshop.deps.auditRows, tenantId);
  return events.map(({ action, actor, outcome, target, details }) => ({
    action,
    actor: actor.type,
    outcome,
    target: target?.id,
    details,
  }));
}

/** Takes an export to its end; no table of it could be read. */
async function failedExport() {
  const work = await acceptExport(workshop, ['one', 'two']);
  await planExport(workshop.deps, work);
  for (const { value, etag } of await workshop.deps.tables.list(work.exportId)) {
    const failure = { code: 'table_missing', message: 'Gone.' } as const;
    await workshop.deps.tables.update({ ...value, status: 'failed', failure }, etag);
  }
  await closeExport(workshop.deps, work);
  return work;
}

test('S35 the end of an export is one event, however often it is announced', async () => {
  const work = await failedExport();
  await announceExport(workshop.deps, work, starter);
  await announceExport(workshop.deps, work, starter);
  expect(await storyOf(work)).toEqual([
    {
      action: 'export.finish',
      actor: 'system',
      outcome: { result: 'failure', reason: 'table_missing' },
      target: work.exportId,
      details: { status: 'failed', attempt: 1, tables: 2, failedTables: 2 },
    },
  ]);
});

test('S35 a cancelled export ends with an event too; one that runs has none', async () => {
  const work = await acceptExport(workshop, ['one']);
  await planExport(workshop.deps, work);
  await announceExport(workshop.deps, work, starter);
  expect(await storyOf(work)).toEqual([]);
  await cancelExport(workshop.deps, work.tenantId, work.exportId);
  await closeExport(workshop.deps, work);
  await announceExport(workshop.deps, work, starter);
  expect((await storyOf(work)).map(({ details }) => details?.status)).toEqual(['cancelled']);
});

test('S37 an end that cannot be logged keeps its mark, so that it is announced again', async () => {
  const work = await failedExport();
  const audit = { ...workshop.deps.audit, recordOnce: unavailable };
  await expect(announceExport({ ...workshop.deps, audit }, work, starter)).rejects.toMatchObject({
    code: 'audit_unavailable',
  });
  const running: string[] = [];
  for await (const { exportId } of workshop.deps.due.listRunning()) running.push(exportId);
  expect(running).toContain(work.exportId);
});

test('S35 files that go by their time are two events, before and after', async () => {
  const work = await failedExport();
  const order = { ...work, reason: 'retention' as const };
  await deleteExport(workshop.deps, order, starter);
  await deleteExport(workshop.deps, order, starter);
  const event = (result: string) => ({
    action: 'export.remove_files',
    actor: 'system',
    outcome: { result },
    target: work.exportId,
    details: { reason: 'retention', files: 0, bytes: 0 },
  });
  expect(await storyOf(work)).toEqual([event('attempted'), event('success')]);
});

test('S37 no file is removed that nobody could note down', async () => {
  const work = await failedExport();
  const target = { exportId: work.exportId, name: 'one-00001.csv' };
  const stays = () => workshop.deps.files.exists(work.exportId);
  expect(await stays()).toBe(true);
  const audit = { ...workshop.deps.audit, recordOnce: unavailable };
  const order = { ...work, reason: 'request' as const, requestedBy: 'key:k1' };
  await expect(deleteExport({ ...workshop.deps, audit }, order, starter)).rejects.toMatchObject({
    code: 'audit_unavailable',
  });
  expect(await stays()).toBe(true);
  await deleteExport(workshop.deps, order, starter);
  expect(await stays()).toBe(false);
  expect((await storyOf(work)).map(({ actor }) => actor)).toEqual(['key', 'key']);
  expect(await workshop.deps.files.get(target)).toBeUndefined();
});

test('S35 an endpoint that is disabled by itself is an event; changing it later is none', async () => {
  const { endpoints, audit } = workshop.deps;
  const audited = auditedEndpoints(endpoints, audit);
  const endpoint = sampleEndpoint({ tenantId: 'hooked' });
  await endpoints.insert(endpoint);
  const change = async (fields: object) => {
    const stored = await audited.find('hooked', endpoint.id);
    if (stored === undefined) throw new Error('no endpoint');
    await audited.update({ ...stored.value, ...fields }, stored.etag);
  };
  await change({ failingSince: new Date('2026-03-01T12:00:00Z') });
  expect(await storyOf({ tenantId: 'hooked' })).toEqual([]);
  const disabledAt = new Date('2026-03-06T12:00:00Z');
  await change({ disabledAt, disabledReason: 'failing' });
  await change({ events: ['export.failed'] });
  expect(await storyOf({ tenantId: 'hooked' })).toEqual([
    {
      action: 'webhook.disable',
      actor: 'system',
      outcome: { result: 'success' },
      target: endpoint.id,
      details: { reason: 'failing' },
    },
  ]);
});

test('S18 S35 a delivery that is not let out is an event, once an attempt', async () => {
  const { deliveries, audit } = workshop.deps;
  const audited = auditedDeliveries(deliveries, audit);
  const delivery = deliveryOf('d1', { tenantId: 'blocked' });
  await deliveries.insert(delivery);
  const attempt = (ms: number, error: 'blocked_destination' | 'timeout') => ({
    at: new Date(Date.UTC(2026, 2, 1) + ms),
    durationMs: 1,
    error,
  });
  const write = async (attempts: readonly ReturnType<typeof attempt>[]) => {
    const stored = await audited.find('blocked', 'd1');
    if (stored === undefined) throw new Error('no delivery');
    await audited.update({ ...stored.value, attempts }, stored.etag);
  };
  await write([attempt(0, 'timeout')]);
  await write([attempt(0, 'timeout'), attempt(5, 'blocked_destination')]);
  await write([attempt(0, 'timeout'), attempt(5, 'blocked_destination')]);
  expect(await storyOf({ tenantId: 'blocked' })).toEqual([
    {
      action: 'webhook.block',
      actor: 'system',
      outcome: { result: 'denied' },
      target: 'd1',
      details: { endpointId: 'ep1', attempt: 2, reason: 'blocked_destination' },
    },
  ]);
});

async function unavailable(): Promise<void> {
  throw new SluiceError('audit_unavailable');
}
