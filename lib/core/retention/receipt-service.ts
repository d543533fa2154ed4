import type { Catalog } from '../catalog/catalog.ts';
import { SluiceError } from '../errors.ts';
import type { ExportStore } from '../exports/stores.ts';
import type { Caller } from '../labels/caller.ts';
import { seenExports } from '../labels/seen-exports.ts';
import { seesEverything } from '../labels/sees-table.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Receipt, ReceiptStore } from './receipt.ts';

export interface ReceiptServiceDeps {
  readonly receipts: ReceiptStore;
  readonly exports: ExportStore;
  readonly catalog: Catalog;
}

/** The receipts of one tenant; those of exports that are hidden from the caller are not there. */
export interface ReceiptService {
  /** The latest deletion first. */
  list(caller: Caller, page: PageRequest): Promise<Page<Receipt>>;
  /** Throws `not_found`. */
  get(caller: Caller, receiptId: string): Promise<Receipt>;
}

export function createReceiptService(deps: ReceiptServiceDeps): ReceiptService {
  return {
    list: (caller, page) =>
      seesEverything(caller)
        ? deps.receipts.list(caller.tenantId, page)
        : deps.receipts.list(caller.tenantId, page, (receipt) => isSeen(deps, caller, receipt)),
    async get(caller, receiptId) {
      const receipt = await deps.receipts.find(caller.tenantId, receiptId);
      if (receipt !== undefined && (await isSeen(deps, caller, receipt))) return receipt;
      throw new SluiceError('not_found', { message: 'There is no receipt with this id.' });
    },
  };
}

/** The row of an export outlives its files, so its tables can still be judged. */
async function isSeen(
  { exports, catalog }: ReceiptServiceDeps,
  caller: Caller,
  { exportId }: Receipt,
): Promise<boolean> {
  if (seesEverything(caller)) return true;
  const seen = seenExports(exports, catalog, caller);
  return (await seen.find(caller.tenantId, exportId)) !== undefined;
}
