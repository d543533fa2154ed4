import type { AuditEvent } from '../../../core/audit/audit-event.ts';
import type { AuditStore } from '../../../core/audit/audit-store.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Row, RowStream, Value } from '../../../core/sources/source.ts';
import type { Span } from './span.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

export interface AuditRowStreamParts {
  readonly auditRows: AuditStore;
  readonly chain: string;
  readonly spans: readonly Span[];
  readonly readers: readonly ((event: AuditEvent) => Value)[];
  readonly signal: AbortSignal;
}

/** As many as the storage gives at once. */
const batchRowsMax = 1_000;

/** Events of one chain by their number. A row that was tampered with ends it with `query_failed`. */
export class AuditRowStream implements RowStream {
  readonly kind = 'rows';
  readonly #parts: AuditRowStreamParts;
  readonly #events: AsyncGenerator<AuditEvent>;
  #isOpen = true;
  #error: SluiceError | undefined;

  constructor(parts: AuditRowStreamParts) {
    this.#parts = parts;
    this.#events = eventsOf(parts);
  }

  /** False once the last row was read, an error happened, or the stream was closed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  async read(rowsMax: number): Promise<readonly Row[] | undefined> {
    if (!Number.isSafeInteger(rowsMax) || rowsMax < 1) {
      throw new TypeError('"rowsMax" must be a whole number of at least 1.');
    }
    if (this.#parts.signal.aborted) this.close();
    throwIfAborted(this.#parts.signal);
    if (this.#error !== undefined) throw this.#error;
    if (!this.#isOpen) return undefined;
    const batch = await this.#fill(Math.min(rowsMax, batchRowsMax));
    return batch.length === 0 ? undefined : batch;
  }

  /** Whoever reads on gets `cancelled`, so that nobody takes it for the end. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#error = new SluiceError('cancelled', { internal: 'The snapshot was closed.' });
  }

  async #fill(rowsMax: number): Promise<readonly Row[]> {
    const batch: Row[] = [];
    try {
      while (batch.length < rowsMax) {
        const next = await this.#events.next();
        throwIfAborted(this.#parts.signal);
        if (next.done === true) {
          this.#isOpen = false;
          break;
        }
        batch.push(this.#parts.readers.map((read) => read(next.value)));
      }
      return batch;
    } catch (error) {
      this.#isOpen = false;
      this.#error = translate(error);
      throw this.#error;
    }
  }
}

async function* eventsOf(parts: AuditRowStreamParts): AsyncGenerator<AuditEvent> {
  const { auditRows, chain, spans } = parts;
  let given = 0;
  for (const { month, firstSeq, lastSeq } of spans) {
    const query = { chain, month, afterSeq: firstSeq - 1, upToSeq: lastSeq };
    for await (const { place, event } of auditRows.list(query)) {
      if (event === undefined || event.seq !== place) throw tampered(chain, place);
      // The tripwire: the event names its tenant anyway, so it costs a comparison.
      if (event.tenantId !== chain) throw foreign(chain, place);
      given++;
      yield event;
    }
  }
  await requireNotRetired(parts, given);
}

/**
 * Months that came of age may be removed while they are read: then the log is read again as it is now.
 * Rows that are missing for no such reason are found by the count.
 */
async function requireNotRetired(
  { auditRows, chain, spans }: AuditRowStreamParts,
  given: number,
): Promise<void> {
  const promised = spans.reduce((sum, { firstSeq, lastSeq }) => sum + lastSeq - firstSeq + 1, 0);
  const first = spans[0]?.firstSeq;
  if (given === promised || first === undefined) return;
  const retired = (await auditRows.newestCheckpoint(chain))?.upToSeq ?? 0;
  if (retired < first) return;
  throw new SluiceError('table_changed', {
    internal: `Events of the audit chain ${chain} up to ${retired} were retired while it was read.`,
  });
}

function foreign(chain: string, place: number): SluiceError {
  return new SluiceError('isolation_broken', {
    message:
      'The audit log gave an event of another tenant. Nothing of it is kept. Tell the operator.',
    internal: `Event ${place} of the audit chain ${chain} names another tenant.`,
  });
}

function tampered(chain: string, place: number | undefined): SluiceError {
  return new SluiceError('query_failed', {
    message:
      'The audit log has a row that was tampered with. Verify it at GET /api/v1/audit/verify.',
    internal: `The audit chain ${chain} cannot be read at ${place ?? 'an odd place'}.`,
  });
}

/** Trouble of the storage passes; the table is then read again. */
function translate(error: unknown): SluiceError {
  if (error instanceof SluiceError && error.code !== 'storage_unavailable') return error;
  return new SluiceError('connection_lost', {
    internal: 'The audit log could not be read to its end.',
    cause: error,
  });
}
