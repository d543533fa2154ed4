import type { Receipt, ReceiptStore } from '../../core/retention/receipt.ts';
import { defined } from './defined.ts';
import type { Fields } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { exposureFilter } from './exposure-filter.ts';
import { packed, unpackedOr } from './packed-texts.ts';

/** Partition tenant, row receipt id: the latest deletion first. The first receipt of an id stays as it is. */
export function createReceiptStore(table: EntityTable): ReceiptStore {
  return {
    async insert(receipt) {
      await table.insert(keyOf(receipt.tenantId, receipt.id), toFields(receipt));
    },
    async find(tenantId, receiptId) {
      const entity = await table.find(keyOf(tenantId, receiptId));
      return entity && fromEntity(entity);
    },
    async list(tenantId, page, seen) {
      const query = { partition: tenantId, filters: exposureFilter(seen?.exposures) };
      const keep = (entity: EntityReader) => seen?.isSeen(fromEntity(entity)) ?? true;
      const { items, ...rest } = await table.page({ ...query, keep }, page);
      return { items: items.map(fromEntity), ...rest };
    },
  };
}

function keyOf(tenantId: string, receiptId: string): EntityKey {
  return { partition: tenantId, row: receiptId };
}

function toFields({ tenantId, id, tables, ...plain }: Receipt): Fields {
  return { ...plain, tables: packed(tables) };
}

function fromEntity(entity: EntityReader): Receipt {
  return defined({
    id: entity.key.row,
    tenantId: entity.key.partition,
    kind: entity.text<Receipt['kind']>('kind'),
    exportId: entity.text('exportId'),
    reason: entity.text<Receipt['reason']>('reason'),
    requestedBy: entity.textOr('requestedBy'),
    files: entity.whole('files'),
    bytes: entity.whole('bytes'),
    deletedAt: entity.date('deletedAt'),
    verifiedGoneAt: entity.date('verifiedGoneAt'),
    signature: entity.text('signature'),
    exposure: entity.textOr('exposure'),
    tables: unpackedOr<NonNullable<Receipt['tables']>>(entity, 'tables'),
  });
}
