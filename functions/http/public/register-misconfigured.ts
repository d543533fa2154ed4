import type { app as functionsApp, HttpMethod } from '@azure/functions';
import type { ReadyAnswer } from '../../../lib/api/public.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { type Answer, json } from '../answer.ts';
import { fallbackMethods, fallbackName, fallbackPath } from '../fallback.ts';
import { problemOf } from '../problem.ts';
import { readRequestId } from '../request-facts.ts';
import { respond } from '../respond.ts';
import { methodsOf } from '../route.ts';
import { healthLive } from './health-live.ts';
import { healthReady } from './health-ready.ts';

const retryAfterSeconds = 60;

/**
 * What answers while the settings have mistakes: readiness names the wrong settings, never a value, and
 * everything else is 503. Without this an operator would see the host's own 404 for every path. No
 * timer, activity or orchestrator is registered, so work that waits goes on waiting. Nothing is logged
 * here: the one line at the start says it all, and anybody may send requests.
 */
export function registerMisconfigured(
  app: Pick<typeof functionsApp, 'http'>,
  wrongSettings: readonly string[],
): void {
  const ready = readiness(wrongSettings);
  const live = { status: 'live' };
  serve(app, { ...healthLive, methods: methodsOf(healthLive) }, () => json(200, live));
  serve(app, { ...healthReady, methods: methodsOf(healthReady) }, () =>
    json(503, ready, retryAfter),
  );
  serve(app, { name: fallbackName, path: fallbackPath, methods: fallbackMethods }, refusal);
}

interface Place {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly HttpMethod[];
}

function serve(
  app: Pick<typeof functionsApp, 'http'>,
  { name, path, methods }: Place,
  answer: (requestId: string) => Answer,
): void {
  app.http(name, {
    methods: [...methods],
    authLevel: 'anonymous',
    route: path,
    handler: async (request) => {
      const requestId = readRequestId(request);
      return respond(answer(requestId), { requestId, method: request.method });
    },
  });
}

const retryAfter = { 'retry-after': String(retryAfterSeconds) };

function readiness(wrongSettings: readonly string[]): ReadyAnswer {
  const checks = [...new Set(wrongSettings)].map((name) => ({
    name,
    required: true,
    ok: false,
    problem: 'configuration_invalid' as const,
  }));
  return { status: 'not_ready', checks };
}

function refusal(requestId: string): Answer {
  const error = new SluiceError('configuration_invalid', {
    message: 'The operator has to correct the settings of this service. Try again later.',
    retryAfterSeconds,
  });
  return problemOf(error, requestId);
}
