/** A signed record that something was deleted. */
export interface Receipt {
  /** The id of what was deleted, so that there is one receipt for one deletion. */
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
}

export interface ReceiptStore {
  /** Inserting the same id again is harmless. */
  insert(receipt: Receipt): Promise<void>;
  find(tenantId: string, receiptId: string): Promise<Receipt | undefined>;
}
