import type { Column } from '../../lib/core/sources/column.ts';
import type { Row, Snapshot, Source } from '../../lib/core/sources/source.ts';

export interface MemorySource extends Source {
  /** The rows that the next snapshot sees. */
  rows: readonly Row[];
  /** What the source says it counted; the true number when absent. */
  counted: number | undefined;
  /** What the source says of values that do not fit their column's type. */
  otherKinds: ReadonlyMap<string, number>;
  /** Awaited before each snapshot; throws when the source is away. */
  beforeOpen: () => Promise<void>;
  /** Awaited before each batch of rows. */
  beforeBatch: () => Promise<void>;
}

const columns: readonly Column[] = ['id', 'value'].map((name) => ({
  name,
  type: 'text',
  sourceType: 'text',
  nullable: true,
  key: name === 'id',
}));

/** A source whose rows, counts and pace a test decides; for cases that no real database can time. */
export function createMemorySource(): MemorySource {
  const source: MemorySource = {
    rows: [],
    counted: undefined,
    otherKinds: new Map(),
    beforeOpen: async () => {},
    beforeBatch: async () => {},
    async openSnapshot() {
      await source.beforeOpen();
      return snapshotOf(source);
    },
    close: async () => {},
  };
  return source;
}

function snapshotOf(source: MemorySource): Snapshot {
  const { rows } = source;
  let next = 0;
  return {
    takenAt: new Date(),
    describe: async () => columns,
    count: async () => source.counted ?? rows.length,
    stream: async () => ({
      kind: 'rows',
      otherKinds: source.otherKinds,
      async read(rowsMax) {
        await source.beforeBatch();
        const batch = rows.slice(next, next + Math.min(rowsMax, 2));
        next += batch.length;
        return batch.length === 0 ? undefined : batch;
      },
    }),
    [Symbol.asyncDispose]: async () => {},
  };
}
