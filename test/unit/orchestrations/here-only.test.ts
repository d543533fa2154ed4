import { expect, test, vi } from 'vitest';
import { hereOnly } from '../../../orchestrations/activities/here-only.ts';
import {
  type ActivityDeps,
  registerActivities,
} from '../../../orchestrations/activities/register-activities.ts';
import { activityNames } from '../../../orchestrations/contract.ts';

type Handler = (input: object, context: object) => Promise<unknown>;
const handlers = vi.hoisted(() => new Map<string, unknown>());

vi.mock('durable-functions', async (original) => ({
  ...(await original<typeof import('durable-functions')>()),
  app: {
    activity: (name: string, { handler }: { readonly handler: unknown }) =>
      handlers.set(name, handler),
  },
}));

const work = { tenantId: 'acme', exportId: 'e1', attempt: 1, table: 0, deliveryId: 'd1' };

test('K4 no activity touches anything of a tenant of another region', async () => {
  const touched: PropertyKey[] = [];
  const warned: unknown[] = [];
  const known: Readonly<Record<PropertyKey, unknown>> = {
    residency: { isHere: async (tenantId: string) => tenantId !== 'acme' },
    log: { warn: (...line: unknown[]) => warned.push(line) },
  };
  const deps = new Proxy({} as ActivityDeps, {
    get(_, name) {
      if (!Object.hasOwn(known, name)) touched.push(name);
      return known[name];
    },
  });
  registerActivities(deps);
  const answers: Record<string, unknown> = {};
  for (const name of Object.values(activityNames)) {
    answers[name] = await (handlers.get(name) as Handler)(work, {});
  }
  expect(answers).toMatchObject({
    planExport: { next: 'nothing', lanes: [] },
    exportTable: { ok: false, code: 'wrong_region' },
    commitManifest: {},
    announce: {},
    attemptDelivery: { done: false, waitMs: 3_600_000 },
  });
  expect(touched).toEqual([]);
  const line = ['a step was left out, because its tenant belongs to another region'];
  expect(warned).toEqual(
    Object.values(activityNames).map(() => [...line, { tenantId: work.tenantId }]),
  );
});

test('K4 a tenant of this region is served, with everything that the host hands over', async () => {
  const warn = vi.fn();
  const log = { info() {}, warn, error() {} };
  const step = hereOnly(
    { residency: { isHere: async () => true }, log },
    'otherwise',
    async ({ tenantId }: { readonly tenantId: string }, context: string) =>
      `${tenantId} ${context}`,
  );
  expect(await step({ tenantId: 'acme' }, 'context')).toBe('acme context');
  expect(warn).not.toHaveBeenCalled();
});
