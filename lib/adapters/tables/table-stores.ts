import type { AuditStore } from '../../core/audit/audit-store.ts';
import type {
  DueStore,
  ExportStore,
  IdempotencyStore,
  PartStore,
  StaleClaims,
  TableStore,
} from '../../core/exports/stores.ts';
import type { IssuerStore } from '../../core/identity/issuer-store.ts';
import type { KeyNoticeStore } from '../../core/keys/key-notice.ts';
import type { KeyStore } from '../../core/keys/key-record.ts';
import type { ExposureStore } from '../../core/labels/exposure.ts';
import type { FetchStore } from '../../core/links/fetch-record.ts';
import type { LinkStore } from '../../core/links/link-record.ts';
import type { ReceiptStore } from '../../core/retention/receipt.ts';
import type { TraceStore } from '../../core/retention/traces.ts';
import type { TenantStore } from '../../core/tenants/tenant.ts';
import type { CallBudgetStore } from '../../core/webhooks/call-budget.ts';
import type { DeliveryStore } from '../../core/webhooks/delivery.ts';
import type { DeliveryTurnStore } from '../../core/webhooks/delivery-turn.ts';
import type { EndpointStore } from '../../core/webhooks/endpoint.ts';
import type { StorageAccount } from '../shared/storage-options.ts';
import { createAuditStore } from './audit-store.ts';
import { createCallBudgetStore } from './call-budget-store.ts';
import { createDeliveryStore } from './delivery-store.ts';
import { createDeliveryTurnStore } from './delivery-turn-store.ts';
import { createDueStore } from './due-store.ts';
import { createEndpointStore } from './endpoint-store.ts';
import { EntityTable } from './entity-table.ts';
import { createExportStore } from './export-store.ts';
import { createExposureStore } from './exposure-store.ts';
import { createFetchStore } from './fetch-store.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createIssuerStore } from './issuer-store.ts';
import { createKeyNoticeStore } from './key-notice-store.ts';
import { createKeyStore } from './key-store.ts';
import { createLinkStore } from './link-store.ts';
import { createPartStore } from './part-store.ts';
import { createReceiptStore } from './receipt-store.ts';
import { createTableStore } from './table-store.ts';
import { createTenantStore } from './tenant-store.ts';
import { createTraceStore } from './trace-store.ts';

/** The whole state of Sluice. */
export interface TableStores {
  readonly exports: ExportStore;
  readonly tables: TableStore;
  readonly parts: PartStore;
  readonly idempotency: IdempotencyStore & StaleClaims;
  readonly due: DueStore;
  readonly tenants: TenantStore;
  readonly tenantIssuers: IssuerStore;
  readonly keys: KeyStore;
  readonly keyNotices: KeyNoticeStore;
  readonly links: LinkStore;
  readonly fetches: FetchStore;
  readonly endpoints: EndpointStore;
  readonly deliveries: DeliveryStore;
  readonly deliveryTurns: DeliveryTurnStore;
  readonly callBudgets: CallBudgetStore;
  readonly receipts: ReceiptStore;
  readonly exposures: ExposureStore;
  readonly traces: TraceStore;
  /** The rows of the audit log; events go in by `createAuditLog` alone. */
  readonly auditRows: AuditStore;
  /** Throws `storage_unavailable` within five seconds when the storage does not answer or refuses. */
  ping(): Promise<void>;
}

export interface TableStoreOptions {
  /** Stands before every table's name; letters and digits, a letter first. */
  readonly prefix?: string;
}

/**
 * State in Table Storage; tables are made when they are first used. For an identity, the account's
 * URL is that of its table service. Throws TypeError for an ill-formed prefix.
 */
export function createTableStores(
  account: StorageAccount,
  { prefix = '' }: TableStoreOptions = {},
): TableStores {
  if (!/^([A-Za-z][A-Za-z0-9]{0,39})?$/.test(prefix)) {
    throw new TypeError('A table prefix has 1 to 40 letters and digits, a letter first.');
  }
  const open = (name: string) => new EntityTable(account, prefix + name);
  const tenants = open('tenants');
  const due = open('due');
  const turns = createDeliveryTurnStore(due);
  return {
    exports: createExportStore(open('exports')),
    tables: createTableStore(open('exportTables')),
    parts: createPartStore(open('exportParts')),
    idempotency: createIdempotencyStore(open('idempotency')),
    due: createDueStore(due),
    tenants: createTenantStore(tenants),
    tenantIssuers: createIssuerStore(tenants),
    keys: createKeyStore({ keys: open('keys'), index: open('keyIndex'), uses: open('keyUses') }),
    keyNotices: createKeyNoticeStore(due),
    links: createLinkStore(open('links')),
    fetches: createFetchStore(open('fetches')),
    endpoints: createEndpointStore(open('endpoints')),
    deliveries: createDeliveryStore(open('deliveries'), turns),
    deliveryTurns: turns,
    callBudgets: createCallBudgetStore(open('webhookCalls')),
    receipts: createReceiptStore(open('receipts')),
    exposures: createExposureStore(open('exposures')),
    traces: createTraceStore(due),
    auditRows: createAuditStore(open('audit')),
    ping: () => tenants.ping(),
  };
}
