import type { Exposure, ExposureStore } from '../../core/labels/exposure.ts';
import { json } from './entity-codec.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** Rows never change, so what was seen once is kept; beyond so many all of it is forgotten. */
const keptMax = 10_000;

/** Partition tenant, row exposure id. */
export function createExposureStore(table: EntityTable): ExposureStore {
  const kept = new Map<string, Exposure>();
  const keep = (tenantId: string, exposure: Exposure) => {
    if (kept.size >= keptMax) kept.clear();
    kept.set(nameOf(tenantId, exposure.id), exposure);
  };
  return {
    async remember(tenantId, exposure) {
      if (kept.has(nameOf(tenantId, exposure.id))) return;
      const { id, tables } = exposure;
      await table.put({ partition: tenantId, row: id }, { tables: json(tables) });
      keep(tenantId, exposure);
    },
    async find(tenantId, exposureId) {
      const known = kept.get(nameOf(tenantId, exposureId));
      if (known !== undefined) return known;
      const entity = await table.find({ partition: tenantId, row: exposureId });
      if (entity === undefined) return undefined;
      const exposure = fromEntity(entity);
      keep(tenantId, exposure);
      return exposure;
    },
    async list(tenantId) {
      return (await table.all({ partition: tenantId })).map(fromEntity);
    },
  };
}

function nameOf(tenantId: string, exposureId: string): string {
  return `${tenantId} ${exposureId}`;
}

function fromEntity(entity: EntityReader): Exposure {
  return { id: entity.key.row, tables: entity.json<Exposure['tables']>('tables') };
}
