import type { Catalog } from '../catalog/catalog.ts';
import { SluiceError } from '../errors.ts';
import type { Caller } from '../labels/caller.ts';
import type { ExposureStore } from '../labels/exposure.ts';
import { visibleExposures, wasVisible } from '../labels/seen-exports.ts';
import { seesExport } from '../labels/sees-export.ts';
import { seesEverything } from '../labels/sees-table.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Receipt, ReceiptStore } from './receipt.ts';

export interface ReceiptServiceDeps {
  readonly receipts: ReceiptStore;
  readonly exposures: ExposureStore;
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
    async list(caller, page) {
      const { tenantId } = caller;
      if (seesEverything(caller)) return deps.receipts.list(tenantId, page);
      const exposures = await visibleExposures(deps.exposures, caller);
      const isSeen = (receipt: Receipt) => isSeenNow(deps, caller, receipt);
      return deps.receipts.list(tenantId, page, { exposures, isSeen });
    },
    async get(caller, receiptId) {
      const receipt = await deps.receipts.find(caller.tenantId, receiptId);
      if (receipt !== undefined && (await isSeen(deps, caller, receipt))) return receipt;
      throw new SluiceError('not_found', { message: 'There is no receipt with this id.' });
    },
  };
}

async function isSeen(
  deps: ReceiptServiceDeps,
  caller: Caller,
  receipt: Receipt,
): Promise<boolean> {
  if (seesEverything(caller)) return true;
  if (!isSeenNow(deps, caller, receipt)) return false;
  return wasVisible(deps.exposures, caller, receipt.exposure);
}

/** The receipt knows the export's tables, so that no other row is read for it. */
function isSeenNow({ catalog }: ReceiptServiceDeps, caller: Caller, { tables }: Receipt): boolean {
  return tables !== undefined && seesExport(caller, { request: { tables } }, catalog);
}
