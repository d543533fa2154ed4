import { expect, test, vi } from 'vitest';
import {
  type ActivityDeps,
  registerActivities,
} from '../../../orchestrations/activities/register-activities.ts';
import { activityNames, orchestrationNames } from '../../../orchestrations/contract.ts';
import { registerOrchestrations } from '../../../orchestrations/register.ts';

const registered = vi.hoisted(() => ({
  activities: [] as string[],
  orchestrations: [] as string[],
}));

vi.mock('durable-functions', async (original) => ({
  ...(await original<typeof import('durable-functions')>()),
  app: {
    activity: (name: string) => registered.activities.push(name),
    orchestration: (name: string) => registered.orchestrations.push(name),
  },
}));

test('every name of the contract is registered once; a missing activity would hang on Azure for ever', () => {
  registerActivities({} as ActivityDeps);
  registerOrchestrations();
  expect(registered.activities.sort()).toEqual(Object.values(activityNames).sort());
  expect(registered.orchestrations.sort()).toEqual(Object.values(orchestrationNames).sort());
});
