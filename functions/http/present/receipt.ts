import type { ReceiptAnswer } from '../../../lib/api/receipts.ts';
import type { Receipt } from '../../../lib/core/retention/receipt.ts';

/** A receipt with its signature. */
export function presentReceipt(receipt: Receipt): ReceiptAnswer {
  return {
    id: receipt.id,
    tenantId: receipt.tenantId,
    kind: receipt.kind,
    exportId: receipt.exportId,
    reason: receipt.reason,
    requestedBy: receipt.requestedBy,
    files: receipt.files,
    bytes: receipt.bytes,
    deletedAt: receipt.deletedAt.toISOString(),
    verifiedGoneAt: receipt.verifiedGoneAt.toISOString(),
    signature: receipt.signature,
  };
}
