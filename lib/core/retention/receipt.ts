import type { RequestedTable } from '../exports/export-record.ts';
import { reverseTicks } from '../ids.ts';
import type { Page, PageRequest } from '../page.ts';

/** A signed record that something was deleted. */
export interface Receipt {
  /** Made of when and what, so that the latest sorts first and one deletion has one receipt. */
  readonly id: string;
  readonly tenantId: string;
  readonly kind: 'export';
  readonly exportId: string;
  /** `retention` or `request`. */
  readonly reason: 'retention' | 'request';
  readonly requestedBy?: string;
  readonly files: number;
  readonly bytes: number;
  readonly deletedAt: Date;
  /** When the container was looked for again and not found. */
  readonly verifiedGoneAt: Date;
  /** A compact JWS (EdDSA) over the fields above. */
  readonly signature: string;
  /** Of the export; not shown and not signed: they decide who may see the receipt. */
  readonly exposure?: string;
  readonly tables?: readonly Pick<RequestedTable, 'name' | 'scope'>[];
}

export interface ReceiptStore {
  /** Inserting the same id again is harmless. */
  insert(receipt: Receipt): Promise<void>;
  find(tenantId: string, receiptId: string): Promise<Receipt | undefined>;
  /** The latest deletion first; only what is seen, in pages that are full all the same. */
  list(tenantId: string, page: PageRequest, seen?: SeenReceipts): Promise<Page<Receipt>>;
}

export interface SeenReceipts {
  /** Of one of these exposures. Too many of them may be passed over. */
  readonly exposures: readonly string[];
  isSeen(receipt: Receipt): boolean;
}

/** The id of the receipt for what was deleted then; making it again gives the same. */
export function receiptId(deletedAt: Date, deletedId: string): string {
  return `${reverseTicks(deletedAt)}-${deletedId}`;
}
