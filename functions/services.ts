import type { Catalog } from '../lib/core/catalog/catalog.ts';
import type { DescribeTables } from '../lib/core/catalog/describe-tables.ts';
import type { ExportRecord } from '../lib/core/exports/export-record.ts';
import type { RequestExport } from '../lib/core/exports/request-export.ts';
import type { Starter } from '../lib/core/exports/starter.ts';
import type { ExportFilter } from '../lib/core/exports/stores.ts';
import type { PartRecord, TableRecord } from '../lib/core/exports/table-record.ts';
import type { KeyService } from '../lib/core/keys/key-service.ts';
import type { OperatorCheck } from '../lib/core/keys/operator-check.ts';
import type {
  FileLinkOrder,
  IssuedLinks,
  IssuedToken,
  LinkOrder,
} from '../lib/core/links/issue-links.ts';
import type { LinkRecord } from '../lib/core/links/link-record.ts';
import type { Log } from '../lib/core/log.ts';
import type { Page, PageRequest } from '../lib/core/page.ts';
import type { Signer } from '../lib/core/signing/signer.ts';
import type { TenantWish } from '../lib/core/tenants/create-tenant.ts';
import type { Tenant } from '../lib/core/tenants/tenant.ts';
import type { EndpointService } from '../lib/core/webhooks/endpoints.ts';

/** Everything that HTTP handlers and timers may ask for; put together in `wiring.ts`. */
export interface Services {
  readonly catalog: Catalog;
  readonly exports: ExportServices;
  readonly links: LinkServices;
  readonly describeTables: DescribeTables;
  readonly endpoints: EndpointService;
  readonly keys: KeyService;
  readonly checkOperator: OperatorCheck;
  readonly tenants: TenantServices;
  readonly signer: Signer;
  readonly readiness: () => Promise<readonly Check[]>;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Every look-up is by (tenant, id); a foreign id is `not_found` like a missing one. */
export interface ExportServices {
  readonly request: RequestExport;
  list(tenantId: string, filter: ExportFilter, page: PageRequest): Promise<Page<ExportRecord>>;
  get(tenantId: string, exportId: string): Promise<ExportDetails>;
  /** The bytes of manifest.json or manifest.jws; `not_ready` before there is one, `export_expired` after. */
  manifest(tenantId: string, exportId: string, form: 'json' | 'jws'): Promise<Uint8Array>;
  cancel(tenantId: string, exportId: string): Promise<ExportRecord>;
  retry(tenantId: string, exportId: string, starter: Starter): Promise<ExportRecord>;
  remove(
    tenantId: string,
    exportId: string,
    requestedBy: string,
    starter: Starter,
  ): Promise<ExportRecord>;
}

export interface ExportDetails {
  readonly record: ExportRecord;
  readonly tables: readonly TableRecord[];
  readonly parts: readonly PartRecord[];
}

export interface LinkServices {
  issueFiles(order: FileLinkOrder): Promise<IssuedLinks>;
  issueToken(order: LinkOrder): Promise<IssuedToken>;
  /** The ledger of one export, newest first. */
  list(tenantId: string, exportId: string, page: PageRequest): Promise<Page<LinkRecord>>;
}

export interface TenantServices {
  create(wish: TenantWish): Promise<Tenant>;
  /** Throws `not_found`. */
  get(tenantId: string): Promise<Tenant>;
  list(page: PageRequest): Promise<Page<Tenant>>;
}

/** One neighbour that the app needs; `problem` says what is wrong, without secrets. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly problem?: string;
}
