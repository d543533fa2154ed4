import type { Clock } from '../clock.ts';
import { asSluiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import { addressPrefix } from '../throttle/address-prefix.ts';
import type { KeyRecord, KeyStore, KeyUse } from './key-record.ts';

/** Writes down what need not be waited for; nothing of it ever fails or delays a request. */
export interface UseRecorder {
  /** Notes the use by the minute: one write a minute and key at most. */
  note(record: KeyRecord, address: string | undefined): void;
  /** Runs something in the background; trouble goes into the log. */
  run(act: () => Promise<void>): void;
  settled(): Promise<void>;
}

export interface UseRecorderDeps {
  readonly keys: Pick<KeyStore, 'noteUse'>;
  readonly clock: Clock;
  readonly log: Log;
}

const minuteMs = 60_000;
/** More keys than this are not in use in one process within a minute; if they are, some write twice. */
const rememberedMax = 10_000;

/** Remembers what it wrote, so that a busy key asks the storage once a minute. */
export function createUseRecorder(deps: UseRecorderDeps): UseRecorder {
  const written = new Map<string, number>();
  const pending = new Set<Promise<void>>();
  const run = (act: () => Promise<void>) => {
    const running = act()
      .catch((error: unknown) => complain(deps, error))
      .finally(() => pending.delete(running));
    pending.add(running);
  };
  return {
    run,
    note(record, address) {
      const minute = Math.floor(deps.clock().getTime() / minuteMs) * minuteMs;
      if ((written.get(record.id) ?? 0) >= minute) return;
      if (written.size >= rememberedMax) written.clear();
      written.set(record.id, minute);
      // In the minute of its making, a key is not used before it was made.
      const at = new Date(Math.max(minute, record.createdAt.getTime()));
      run(() => write(deps, record, at, addressPrefix(address)));
    },
    async settled() {
      await Promise.all(pending);
    },
  };
}

async function write(
  { keys, log }: UseRecorderDeps,
  { id: keyId, tenantId }: KeyRecord,
  at: Date,
  prefix: string | undefined,
): Promise<void> {
  const use: KeyUse = { at, ...(prefix === undefined ? {} : { addressPrefix: prefix }) };
  const before = await keys.noteUse(keyId, use);
  if (before?.addressPrefix === undefined || prefix === undefined) return;
  if (before.addressPrefix === prefix) return;
  log.info('key used from another network than last time', {
    tenantId,
    keyId,
    addressPrefix: prefix,
    lastAddressPrefix: before.addressPrefix,
  });
}

/** Losing a race is what giving way looks like. */
function complain({ log }: UseRecorderDeps, thrown: unknown): void {
  const error = asSluiceError(thrown);
  if (error.code === 'changed_meanwhile') return;
  log.error('the use of a key could not be noted', error);
}
