import { SluiceError } from '../../core/errors.ts';
import { reverseTicks } from '../../core/ids.ts';
import type { KeyRecord, KeyStore, KeyUse, ListedKey } from '../../core/keys/key-record.ts';
import type { Labels } from '../../core/principal.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { inBatches } from './in-batches.ts';

export interface KeyTables {
  /** Partition the first two characters of the key id, so that look-ups spread; row key id. */
  readonly keys: EntityTable;
  /** Partition tenant, row reverse time and key id; it points to the keys and holds nothing else. */
  readonly index: EntityTable;
  /** Like the keys; apart from them, so that a use never makes a revocation try again. */
  readonly uses: EntityTable;
}

const pepperPartition = 'pepper';
const readsAtOnce = 25;

/** Keys by id, each tenant's list of them, their last uses, and since when which pepper is known. */
export function createKeyStore({ keys, index, uses }: KeyTables): KeyStore {
  return {
    async insert(record) {
      await index.put(indexKeyOf(record), { keyId: record.id });
      return keys.insert(keyOf(record.id), toFields(record));
    },
    async find(keyId) {
      const entity = await keys.find(keyOf(keyId));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async update(record, etag) {
      await keys.replace(keyOf(record.id), toFields(record), etag);
    },
    async list(tenantId, page) {
      const { items, ...rest } = await index.page({ partition: tenantId }, page);
      const ids = items.map((entity) => entity.text('keyId'));
      const found = new Map<string, ListedKey | undefined>();
      await inBatches(ids, readsAtOnce, async (id) => {
        found.set(id, await listed(keys, uses, tenantId, id));
      });
      return { items: ids.flatMap((id) => found.get(id) ?? []), ...rest };
    },
    async lastUse(keyId) {
      const entity = await uses.find(keyOf(keyId));
      return entity && useOf(entity);
    },
    noteUse: (keyId, use) => noteUse(uses, keyOf(keyId), use),
    pepperSeen: (version, now) => pepperSeen(keys, version, now),
  };
}

/** An entry without a key is left by a creation that died, or points to a key of the same id elsewhere. */
async function listed(
  keys: EntityTable,
  uses: EntityTable,
  tenantId: string,
  keyId: string,
): Promise<ListedKey | undefined> {
  const [entity, use] = await Promise.all([keys.find(keyOf(keyId)), uses.find(keyOf(keyId))]);
  if (entity?.text('tenantId') !== tenantId) return undefined;
  const record = fromEntity(entity);
  return use === undefined ? { record } : { record, lastUse: useOf(use) };
}

/** The etag makes it forward-only: of two writers who read the same, one fails and gives way. */
async function noteUse(
  uses: EntityTable,
  key: EntityKey,
  use: KeyUse,
): Promise<KeyUse | undefined> {
  const entity = await uses.find(key);
  if (entity === undefined) {
    await uses.insert(key, { ...use });
    return undefined;
  }
  const before = useOf(entity);
  if (before.at < use.at) await replaceUnlessChanged(uses, key, use, entity.etag);
  return before;
}

async function replaceUnlessChanged(
  uses: EntityTable,
  key: EntityKey,
  use: KeyUse,
  etag: string,
): Promise<void> {
  try {
    await uses.replace(key, { ...use }, etag);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'changed_meanwhile') return;
    throw error;
  }
}

async function pepperSeen(keys: EntityTable, version: string, now: Date): Promise<Date> {
  const key = { partition: pepperPartition, row: version };
  if (await keys.insert(key, { seenAt: now })) return now;
  return (await keys.find(key))?.date('seenAt') ?? now;
}

function keyOf(keyId: string): EntityKey {
  return { partition: keyId.slice(0, 2), row: keyId };
}

function indexKeyOf({ tenantId, id, createdAt }: KeyRecord): EntityKey {
  return { partition: tenantId, row: `${reverseTicks(createdAt)}-${id}` };
}

function toFields({ id, scopes, labels, allowedAddresses, ...plain }: KeyRecord): Fields {
  const lists = { scopes: json(scopes), labels: json(labels) };
  return { ...plain, ...lists, allowedAddresses: json(allowedAddresses) };
}

function fromEntity(entity: EntityReader): KeyRecord {
  return defined({
    id: entity.key.row,
    tenantId: entity.text('tenantId'),
    name: entity.text('name'),
    secretHash: entity.text('secretHash'),
    pepperVersion: entity.text('pepperVersion'),
    scopes: entity.json<KeyRecord['scopes']>('scopes'),
    labels: entity.jsonOr<Labels>('labels'),
    allowedAddresses: entity.jsonOr<readonly string[]>('allowedAddresses'),
    createdBy: entity.text('createdBy'),
    createdAt: entity.date('createdAt'),
    expiresAt: entity.date('expiresAt'),
    lifeDays: entity.whole('lifeDays'),
    renewableUntil: entity.dateOr('renewableUntil'),
    renewableDays: entity.wholeOr('renewableDays'),
    rotatedFrom: entity.textOr('rotatedFrom'),
    rotatedTo: entity.textOr('rotatedTo'),
    takenBack: entity.wholeOr('takenBack'),
    revokedAt: entity.dateOr('revokedAt'),
    exposedAt: entity.dateOr('exposedAt'),
    exposureToldAt: entity.dateOr('exposureToldAt'),
  });
}

function useOf(entity: EntityReader): KeyUse {
  return defined({ at: entity.date('at'), addressPrefix: entity.textOr('addressPrefix') });
}
