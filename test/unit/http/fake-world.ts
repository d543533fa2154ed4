import { formatKey } from '../../../lib/core/keys/key-format.ts';

/** A key of the right form that nobody made. */
export function keyOf(id: string, letter: string): string {
  return formatKey({ environment: 'test', id: id.padEnd(12, '0'), secret: letter.repeat(43) });
}

export const credentials = {
  owner: keyOf('owner', 'a'),
  neighbour: keyOf('neighbour', 'b'),
  /** A key of the same tenant that may do nothing but `me`. */
  member: keyOf('member', 'c'),
  /** A key of the same tenant that may do everything with tables of the shop. */
  limited: keyOf('limited', 'e'),
  unknown: keyOf('unknown', 'd'),
  operator: 'the-operators-own-key-of-40-characters!!',
} as const;

export const ids = {
  tenant: 'acme',
  neighbour: 'umbrella',
  running: '0runningexport00000000000',
  ready: '0readyexport0000000000000',
  missing: '0missingexport00000000000',
  key: 'acmekey00000',
  webhook: '0webhook00000000000000000',
  delivery: '0delivery0000000000000000',
  receipt: '0receipt0-0readyexport0000000000000',
} as const;

export const now = new Date('2026-11-20T12:00:00.000Z');

/** Texts that no answer and no log line may ever hold. */
export const canaries = {
  dataKey: 'CANARY-wrapped-data-key',
  sealed: 'CANARY-sealed-secret',
  internal: 'CANARY-internal-text',
  link: 'sig=CANARY-signature',
} as const;
