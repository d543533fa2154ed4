import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Metrics } from '../../core/metrics.ts';
import { type Fact, forwardMetrics } from './forward-metrics.ts';
import type { MeterOptions, OpenMeter } from './open-meter.ts';

export interface TelemetryOptions extends Omit<MeterOptions, 'exportEveryMs'> {
  /** Default: 60,000. */
  readonly exportEveryMs?: number;
}

export interface Telemetry {
  readonly metrics: Metrics;
  /** Sends what was not sent yet. Gives up after five seconds and never rejects. */
  close(): Promise<void>;
}

const closeMs = 5_000;
/** Facts that wait while the packages are loaded; it takes a fraction of a second. */
const waitingMax = 1_000;

/**
 * Metrics to Application Insights, to an OTLP receiver, to both, or to nobody. The packages are loaded
 * with the first fact, so that neither the start nor an instance that only answers HTTP waits for
 * them; without a receiver they are never loaded.
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { azureMonitor, otlpEndpoint } = options;
  if (azureMonitor === undefined && otlpEndpoint === undefined) return silence;
  const waiting: Fact[] = [];
  let meter: Promise<OpenMeter | undefined> | undefined;
  let tell = (fact: Fact): void => {
    if (waiting.length < waitingMax) waiting.push(fact);
    // Outside of the invocation that told the first fact: the sending is no part of it.
    meter ??= context.with(ROOT_CONTEXT, load);
  };
  async function load(): Promise<OpenMeter | undefined> {
    // Whoever told it goes on first; loading keeps the process busy for a moment.
    await nextTurn();
    const opened = await open(options);
    tell = opened === undefined ? () => {} : (fact) => fact(opened.metrics);
    for (const fact of waiting.splice(0)) tell(fact);
    return opened;
  }
  return {
    metrics: forwardMetrics((fact) => tell(fact)),
    close: () => withinTime(async () => (await meter)?.close()),
  };
}

const silence: Telemetry = { metrics: forwardMetrics(() => {}), close: async () => {} };

/** Undefined, after a word in the log, when the packages or their settings are broken. */
async function open({ exportEveryMs = 60_000, ...options }: TelemetryOptions) {
  try {
    const { openMeter } = await import('./open-meter.ts');
    return await openMeter({ ...options, exportEveryMs });
  } catch (error) {
    options.log.error('metrics are not sent', error);
    return undefined;
  }
}

async function withinTime(work: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const late = delay(closeMs, undefined, { signal: stop.signal });
  // What went wrong has been logged where it did.
  await Promise.race([work(), late]).catch(() => undefined);
  stop.abort();
  await late.catch(() => undefined);
}
