import type { TableScope } from '../principal.ts';

/** The operator's file, checked and with every default filled in. */
export interface Catalog {
  readonly sources: Readonly<Record<string, CatalogSource>>;
  readonly tables: readonly CatalogTable[];
  readonly excluded: readonly Exclusion[];
}

export type CatalogSource = PostgresSourceConfig | SqliteSourceConfig | SluiceSourceConfig;

export interface PostgresSourceConfig {
  readonly kind: 'postgres';
  /** The name of the secret that holds the connection URL. */
  readonly connection: { readonly secret: string };
  /** Lanes: tables of this source read at the same time. */
  readonly parallelTables: number;
  /** Connections that one instance opens at most. */
  readonly maxConnections: number;
  /** Absent: a statement may take as long as it takes. */
  readonly statementTimeoutMinutes?: number;
  readonly connectTimeoutSeconds: number;
  readonly tls: PostgresTls;
  /** K1: by name, so that it is a decision and not an accident. */
  readonly allowPowerfulLogin: readonly LoginPower[];
}

/** `verify` checks the server's certificate and name; `disable` is for a server on this machine only. */
export interface PostgresTls {
  readonly mode: 'verify' | 'disable';
  /** The name of a secret with further root certificates (PEM). */
  readonly caSecret?: string;
}

/** What a login may do beyond reading (K1). */
export type LoginPower = 'superuser' | 'bypass_rls' | 'owns_tables' | 'can_write';

export interface SqliteSourceConfig {
  readonly kind: 'sqlite';
  /** A path, relative to the app's folder. */
  readonly file: string;
  readonly parallelTables: number;
}

/** Our own state, read like a vendor's: a tenant's audit log. */
export interface SluiceSourceConfig {
  readonly kind: 'sluice';
  readonly parallelTables: number;
}

export interface CatalogTable {
  /** The public name: `[a-z][a-z0-9_-]*`, the stem of its files. */
  readonly name: string;
  readonly source: string;
  /** The table or view in the source, unescaped. */
  readonly from: string;
  /** The schema that it is in, where the source has schemas and the catalog names one. */
  readonly fromSchema?: string;
  readonly tenant: TenantIsolation;
  /** The columns that identify a row, in order. */
  readonly key: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Only an unlimited principal with this scope sees the table; it has no labels then. */
  readonly scope?: TableScope;
  readonly description?: string;
  /** How texts that are not UTF-8 are read; only for sources of kind `sqlite`. */
  readonly text?: 'latin1' | 'base64';
}

/**
 * How the source keeps tenants apart. `column`: a predicate on it. `rls`: the table's own policies,
 * which read the setting `sluice.tenant_id`. Both may be demanded. `schema`: one schema per tenant,
 * named by the tenant's `sourceId`. `shared`: not at all, every tenant gets every row; written on purpose.
 */
export interface TenantIsolation {
  readonly column?: string;
  readonly rls: boolean;
  readonly schema: boolean;
  readonly shared?: boolean;
}

/** Something left out on purpose, and why; printed in every manifest. */
export interface Exclusion {
  readonly name: string;
  readonly reason: string;
}

/** The table with this public name, or undefined. */
export function findTable(catalog: Catalog, name: string): CatalogTable | undefined {
  return catalog.tables.find((table) => table.name === name);
}
