import type { TaskHub } from '../../../lib/local-host/durable/task-hub.ts';
import { createInvoker } from '../../../lib/local-host/invoke/invoker.ts';
import { CoreApi } from '../../../lib/local-host/loader/core-api.ts';
import { hostFunctions } from '../../../lib/local-host/loader/functions.ts';
import { supplyCoreModule } from '../../../lib/local-host/loader/intercept.ts';

/** What a replay needs of a host: orchestrators by name, and a way to call them. */
export type Orchestrators = Pick<TaskHub, 'findFunction' | 'invoke'>;

/** Lets orchestrators register with the real library, as in a host that starts. Once in a process. */
export function loadOrchestrators(register: () => void): Orchestrators {
  const core = new CoreApi();
  supplyCoreModule(core.toModule());
  register();
  core.lock();
  const functions = hostFunctions(core);
  const log = { write: () => undefined };
  return {
    invoke: createInvoker(core, log, () => ''),
    findFunction: (kind, name) =>
      functions.find((found) => found.kind === kind && found.name === name),
  };
}
