import { randomId } from '../../core/ids.ts';
import { type Fields, toProperties } from './entity-codec.ts';
import { type EntityKey, storedKey } from './entity-key.ts';

/**
 * What one write stores, with a random mark. The SDK repeats a write whose answer was lost; the repetition
 * then meets its own first try and gets 409 or 412. The stored mark tells this from a write of somebody
 * else, even one with the same content.
 */
export interface MarkedEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly writeMark: string;
}

export function marked(key: EntityKey, fields: Fields): MarkedEntity {
  return { ...storedKey(key), ...toProperties(fields), writeMark: randomId(16) };
}
