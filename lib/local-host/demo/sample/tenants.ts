/** A customer of the invented vendor, and how much of each table belongs to it. */
export interface SampleTenant {
  /** Its id in the vendor's own tables. */
  readonly id: string;
  readonly name: string;
  /** The part of its e-mail addresses after the @. */
  readonly mailDomain: string;
  readonly rows: SampleRows;
}

interface SampleRows {
  readonly devices: number;
  readonly users: number;
  readonly tickets: number;
  readonly appUsage: number;
}

/** Both live in the same tables; only `tenant_id` tells their rows apart. */
export const sampleTenants = {
  northwind: {
    id: 't-1001',
    name: 'Northwind Clinics',
    mailDomain: 'northwind-clinics.example.com',
    rows: { devices: 3_208, users: 2_415, tickets: 5_120, appUsage: 1_234_567 },
  },
  contoso: {
    id: 't-2002',
    name: 'Contoso Logistics',
    mailDomain: 'contoso-logistics.example.com',
    rows: { devices: 904, users: 688, tickets: 1_377, appUsage: 187_431 },
  },
} as const satisfies Readonly<Record<string, SampleTenant>>;

/** The two tenants in the order in which their ids sort. */
export const sampleTenantList: readonly [SampleTenant, SampleTenant] = [
  sampleTenants.northwind,
  sampleTenants.contoso,
];
