/**
 * The promises of Sluice as data (X14): code, documents, `GET /v1/limits` and tests read them here.
 * Row ids of requirements.md stand beside each promise.
 */
export const limits = {
  /** L5: rows of one part file. */
  partRows: 1_000_000,
  /** A row, and with it every value, of a table; what is larger fails the table with `row_too_large`. */
  rowBytesMax: 64 * 1024 * 1024,
  /** L3: a link's life. */
  linkMinutesDefault: 60,
  linkMinutesMax: 480,
  /** L10: the Lakeside route counts in hours. */
  linkHoursMax: 8,
  /** L4: days that files are kept. */
  retentionDays: 7,
  /** After its files are gone an export keeps the rows of its tables and parts; its own row stays. */
  exportTraceDays: 30,
  /** Who got which links can be looked up as long as the audit log of it is kept. */
  linkLedgerDays: 395,
  /** Histories of orchestrations that have ended. */
  instanceDays: 30,
  /** api.md §1. */
  bodyBytesMax: 256 * 1024,
  pageItemsDefault: 50,
  pageItemsMax: 200,
  idempotencyHours: 24,
  idempotencyKeyLengthMax: 255,
  /** api.md §7. */
  webhookBodyBytesMax: 20_000,
  webhookAttempts: 10,
  webhookTimeoutSeconds: 15,
  webhookEndpointsMax: 20,
  webhookDisableAfterDays: 5,
  webhookOverlapHoursDefault: 24,
  webhookOverlapHoursMax: 168,
  webhookCatchUpDays: 7,
  webhookLogDays: 30,
  /** Challenges, tests and redeliveries that a tenant's people may ask for. */
  webhookCallsPerHour: 60,
  /** L8: days that a key lives. */
  keyDaysDefault: 90,
  keyDaysMax: 365,
  /** security.md §8: how old a sign-in may be for what cannot be undone. */
  freshSignInMinutes: 5,
  /** L8: hours that a rotated key goes on beside its successor. */
  keyOverlapHoursDefault: 24,
  keyOverlapHoursMax: 168,
  /** How often a key may ask again for the key that replaces it, while that one was never used. */
  keyTakeBacksMax: 10,
  keyAddressRangesMax: 20,
  /** How long a key may go on replacing itself before a person has to make or rotate it. */
  keyRenewableDaysMax: 365,
  /** Keys of one tenant that the operator made and that live; its people make the others. */
  operatorKeysPerTenantMax: 20,
  /** L8: per source prefix (/24 or /48); per key. */
  failedAuthenticationsPerMinute: 10,
  linksPerKeyPerMinute: 60,
  /** Failed acts of one key or person on one route; each of them is two events in the tenant's log. */
  failuresPerKeyAndRoutePerMinute: 60,
  /** What the sources say of themselves is kept for minutes; nobody needs it oftener. */
  tableListsPerKeyPerMinute: 60,
  /** Pages and verifications of the audit log; per key or person. */
  auditReadsPerMinute: 60,
  /** K9: events on one page of the audit log. K8: how long they are kept; the days are for good measure. */
  auditPageEventsMax: 5_000,
  /** Events that one verification reads before it asks to be called again: some seconds' work. */
  auditVerifyEventsMax: 20_000,
  auditMonths: 12,
  auditExtraDays: 30,
  /** Names of catalog tables; they become file names (api.md §4). */
  tableNameLengthMax: 64,
} as const;
