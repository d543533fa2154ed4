import { fileURLToPath } from 'node:url';
import { app, type InvocationContext } from '@azure/functions';
import { getClient, input } from 'durable-functions';
import { loadConfig } from '../lib/config/config.ts';
import { readEnvironment } from '../lib/config/env.ts';
import { loadCatalog } from '../lib/config/load-catalog.ts';
import { durableStarter } from '../orchestrations/activities/durable-starter.ts';
import { registerActivities } from '../orchestrations/activities/register-activities.ts';
import { registerOrchestrations } from '../orchestrations/register.ts';
import { createAdapters } from './adapters.ts';
import { registerHttp } from './http/register.ts';
import { registerTimers } from './timers/register-timers.ts';
import { createServices, createWork } from './wiring.ts';

/** The composition root: settings and catalog are checked whole before anything is registered. */
const appDirectory = fileURLToPath(new URL('../../', import.meta.url));
const config = loadConfig(readEnvironment());
const catalog = loadCatalog(config.catalogPath, appDirectory);
const adapters = createAdapters(config, catalog, appDirectory);
const work = createWork(config, catalog, adapters);
const makeStarter = (context: InvocationContext) => durableStarter(getClient(context));

registerHttp(
  app,
  createServices(config, adapters, work),
  makeStarter,
  { keyHeaders: config.keyHeaders },
  [input.durableClient()],
);
registerTimers(work, makeStarter);
registerActivities(work);
registerOrchestrations();
