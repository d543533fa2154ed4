import type { AuditLog } from '../lib/core/audit/audit-log.ts';
import type { AuditFilter } from '../lib/core/audit/audit-store.ts';
import type { RecordDenial } from '../lib/core/audit/denials.ts';
import type { AuditPage, AuditPageRequest } from '../lib/core/audit/list-events.ts';
import type { Verdict, VerifyOrder } from '../lib/core/audit/verify-chain.ts';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import type { DescribeTables } from '../lib/core/catalog/describe-tables.ts';
import type { ExportRecord } from '../lib/core/exports/export-record.ts';
import type { RequestExport } from '../lib/core/exports/request-export.ts';
import type { Starter } from '../lib/core/exports/starter.ts';
import type { ExportFilter } from '../lib/core/exports/stores.ts';
import type { TableRecord } from '../lib/core/exports/table-record.ts';
import type { Check } from '../lib/core/health/check.ts';
import type { IssuerRules } from '../lib/core/identity/issuer.ts';
import type { SignIn } from '../lib/core/identity/sign-in.ts';
import type { KeyService } from '../lib/core/keys/key-service.ts';
import type { OperatorCheck } from '../lib/core/keys/operator-check.ts';
import type { Caller } from '../lib/core/labels/caller.ts';
import type {
  FileLinkOrder,
  IssuedLinks,
  IssuedToken,
  LinkOrder,
} from '../lib/core/links/issue-links.ts';
import type { LinkRecord } from '../lib/core/links/link-record.ts';
import type { FetchedOrder } from '../lib/core/links/note-fetched.ts';
import type { Log } from '../lib/core/log.ts';
import type { Page, PageRequest } from '../lib/core/page.ts';
import type { ReceiptService } from '../lib/core/retention/receipt-service.ts';
import type { Signer } from '../lib/core/signing/signer.ts';
import type { TenantWish } from '../lib/core/tenants/create-tenant.ts';
import type { CreatedTenant } from '../lib/core/tenants/create-tenant-once.ts';
import type { Tenant } from '../lib/core/tenants/tenant.ts';
import type { CallerThrottles } from '../lib/core/throttle/caller-throttles.ts';
import type { Throttle } from '../lib/core/throttle/throttle.ts';
import type { EndpointService } from '../lib/core/webhooks/endpoints.ts';

/** Everything that HTTP handlers and timers may ask for; put together in `wiring.ts`. */
export interface Services {
  readonly catalog: Catalog;
  readonly exports: ExportServices;
  readonly links: LinkServices;
  /** Requests by principal, for the routes that name one. */
  readonly throttles: CallerThrottles;
  readonly receipts: ReceiptService;
  readonly describeTables: DescribeTables;
  readonly endpoints: EndpointService;
  readonly keys: KeyService;
  readonly checkOperator: OperatorCheck;
  readonly signIn: SignIn;
  /** Counts failed authentications by source prefix. */
  readonly authenticationThrottle: Throttle;
  readonly tenants: TenantServices;
  readonly audit: AuditServices;
  /** Notes what was refused before anything was done. */
  readonly recordDenial: RecordDenial;
  readonly signer: Signer;
  readonly readiness: () => Promise<readonly Check[]>;
  readonly clock: () => Date;
  readonly log: Log;
}

/**
 * Every look-up is by (tenant, id); a foreign id is `not_found` like a missing one, and so is one that
 * is hidden from the caller (K11).
 */
export interface ExportServices {
  readonly request: RequestExport;
  list(caller: Caller, filter: ExportFilter, page: PageRequest): Promise<Page<ExportRecord>>;
  get(caller: Caller, exportId: string): Promise<ExportDetails>;
  /** The bytes of manifest.json or manifest.jws; `not_ready` before there is one, `export_expired` after. */
  manifest(caller: Caller, exportId: string, form: 'json' | 'jws'): Promise<Uint8Array>;
  cancel(caller: Caller, exportId: string): Promise<ExportRecord>;
  retry(caller: Caller, exportId: string, starter: Starter): Promise<ExportRecord>;
  remove(
    caller: Caller,
    exportId: string,
    requestedBy: string,
    starter: Starter,
  ): Promise<ExportRecord>;
}

export interface ExportDetails {
  readonly record: ExportRecord;
  readonly tables: readonly TableRecord[];
}

export interface LinkServices {
  issueFiles(order: FileLinkOrder): Promise<IssuedLinks>;
  issueToken(order: LinkOrder): Promise<IssuedToken>;
  /** X6: takes a client's receipt; see `noteFetched`. */
  noteFetched(order: FetchedOrder): Promise<ExportRecord>;
  /** The ledger of one export, newest first; one line alone when `linkId` names it. */
  list(
    caller: Caller,
    exportId: string,
    page: PageRequest,
    linkId?: string,
  ): Promise<Page<LinkRecord>>;
}

export interface TenantServices {
  create(wish: TenantWish, idempotencyKey: string | undefined): Promise<CreatedTenant>;
  /** Throws `not_found`. */
  get(tenantId: string): Promise<Tenant>;
  list(page: PageRequest): Promise<Page<Tenant>>;
  /** Replaces the tenant's own identity providers; see `setTenantIssuers`. */
  setIssuers(tenantId: string, issuers: readonly IssuerRules[]): Promise<Tenant>;
}

/** A chain is a tenant's id or `operatorChain`. */
export interface AuditServices extends Pick<AuditLog, 'record'> {
  list(chain: string, filter: AuditFilter, page: AuditPageRequest): Promise<AuditPage>;
  /** Reads the chain, a page at a time, and says where it first breaks. */
  verify(chain: string, order: VerifyOrder): Promise<Verdict>;
}
