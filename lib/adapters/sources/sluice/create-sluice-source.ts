import type { AuditStore } from '../../../core/audit/audit-store.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { SnapshotRequest, Source } from '../../../core/sources/source.ts';
import { SluiceSnapshot } from './snapshot.ts';
import type { Span } from './span.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

export interface SluiceSourceDeps {
  readonly auditRows: AuditStore;
}

/**
 * Our own state as a source: the table `audit_log`. A snapshot reads the one chain that the tenant's id
 * in Sluice names, and holds every event against it once more.
 *
 * The moment is fixed when the snapshot is opened: the last number of every month is read then, and a
 * chain only grows behind it. Nothing hides events: numbers have no gaps, so the count is known without
 * the rows, and one that is missing fails the table (`count_mismatch`; `table_changed` where a month was
 * retired meanwhile), one that was altered fails it, too (`query_failed`).
 */
export function createSluiceSource({ auditRows }: SluiceSourceDeps): Source {
  const open = new Set<SluiceSnapshot>();

  async function openSnapshot(request: SnapshotRequest): Promise<SluiceSnapshot> {
    throwIfAborted(request.signal);
    if (request.tenantSourceId === '') throw new TypeError('"tenantSourceId" must not be empty.');
    const takenAt = new Date();
    const spans = await readSpans(auditRows, request.tenantId);
    throwIfAborted(request.signal);
    const onEnd = () => open.delete(snapshot);
    const snapshot = new SluiceSnapshot({ auditRows, request, takenAt, spans, onEnd });
    open.add(snapshot);
    return snapshot;
  }

  return {
    openSnapshot,
    close: async () => {
      await Promise.all([...open].map((snapshot) => snapshot[Symbol.asyncDispose]()));
    },
  };
}

async function readSpans(
  auditRows: AuditStore,
  chain: string | undefined,
): Promise<readonly Span[]> {
  if (chain === undefined) return [];
  const spans: Span[] = [];
  try {
    const after = (await auditRows.newestCheckpoint(chain))?.upToSeq ?? 0;
    for (const month of await auditRows.months(chain)) {
      const head = (await auditRows.findHead(chain, month))?.value;
      if (head === undefined || head.seq <= after || head.seq < head.firstSeq) continue;
      spans.push({ month, firstSeq: Math.max(head.firstSeq, after + 1), lastSeq: head.seq });
    }
    return spans;
  } catch (cause) {
    throw new SluiceError('source_unreachable', {
      internal: 'The audit log cannot be read.',
      cause,
    });
  }
}
