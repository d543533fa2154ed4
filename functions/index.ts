import { fileURLToPath } from 'node:url';
import { app, type InvocationContext } from '@azure/functions';
import { getClient, input } from 'durable-functions';
import { createLineLog } from '../lib/adapters/log/line-log.ts';
import { writeConsole } from '../lib/adapters/log/write-console.ts';
import type { Config } from '../lib/config/config.ts';
import { readEnvironment } from '../lib/config/env.ts';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import { SluiceError } from '../lib/core/errors.ts';
import { durableHistory } from '../orchestrations/activities/durable-history.ts';
import { durableStarter } from '../orchestrations/activities/durable-starter.ts';
import { registerActivities } from '../orchestrations/activities/register-activities.ts';
import { registerOrchestrations } from '../orchestrations/register.ts';
import { createAdapters } from './adapters.ts';
import { registerMisconfigured } from './http/public/register-misconfigured.ts';
import { registerHttp } from './http/register.ts';
import { registerHooks } from './register-hooks.ts';
import { registerTimers } from './timers/register-timers.ts';
import { readConfiguration, type SettingMistake } from './wire-config.ts';
import { createServices, createWork } from './wiring.ts';

/**
 * The composition root: settings and catalog are checked whole before anything is registered. With a
 * mistake in them only the answers that tell the operator so are registered.
 */
const appDirectory = fileURLToPath(new URL('../../', import.meta.url));
const configuration = readConfiguration(readEnvironment(), appDirectory);
if (configuration.isValid) registerApp(configuration.config, configuration.catalog);
else registerNothing(configuration.mistakes);

function registerApp(config: Config, catalog: Catalog): void {
  const adapters = createAdapters(config, catalog, appDirectory);
  const work = createWork(config, catalog, adapters);
  const makeStarter = (context: InvocationContext) => durableStarter(getClient(context));
  registerHooks(adapters);
  registerHttp(
    app,
    createServices(config, adapters, work),
    makeStarter,
    { keyHeaders: config.keyHeaders },
    [input.durableClient()],
  );
  registerTimers(work, makeStarter, (context) => durableHistory(getClient(context)));
  registerActivities(work);
  registerOrchestrations();
}

/** The host goes on; its log is the first place where an operator looks. */
function registerNothing(mistakes: readonly SettingMistake[]): void {
  const log = createLineLog(writeConsole, () => new Date());
  const settings = [...new Set(mistakes.map(({ setting }) => setting))];
  const internal = mistakes.map(({ text }) => text).join(' | ');
  const error = new SluiceError('configuration_invalid', { internal });
  log.error('nothing is served until the settings are right', error, {
    settings: settings.join(','),
  });
  registerMisconfigured(app, settings);
}
