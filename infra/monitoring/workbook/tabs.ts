/** One picture of a tab: a file of `queries/` by its name, and how its rows are shown. */
export interface Part {
  readonly query: string;
  readonly as: 'table' | 'timechart' | 'barchart' | 'piechart';
  /** Percent of the page's width; 100 where it is left out. */
  readonly width?: number;
}

export interface Tab {
  readonly title: string;
  readonly parts: readonly Part[];
}

/** What the workbook shows, tab by tab. The questions themselves are in the queries. */
export const tabs: readonly Tab[] = [
  {
    title: 'Today',
    parts: [
      { query: 'exports-by-state', as: 'table', width: 50 },
      { query: 'exports-per-day', as: 'barchart', width: 50 },
      { query: 'failed-tables', as: 'table' },
      { query: 'queue-over-time', as: 'timechart' },
    ],
  },
  {
    title: 'Throughput',
    parts: [
      { query: 'rows-over-time', as: 'timechart', width: 50 },
      { query: 'bytes-over-time', as: 'timechart', width: 50 },
      { query: 'export-durations', as: 'timechart' },
      { query: 'slowest-tables', as: 'table' },
      { query: 'table-restarts', as: 'table' },
    ],
  },
  {
    title: 'Delivery',
    parts: [
      { query: 'deliveries-by-outcome', as: 'timechart', width: 50 },
      { query: 'delivery-backlog-over-time', as: 'timechart', width: 50 },
      { query: 'deliveries-by-endpoint', as: 'table' },
      { query: 'disabled-endpoints', as: 'table' },
    ],
  },
  {
    title: 'Retention and audit',
    parts: [
      { query: 'retention-proof', as: 'table', width: 50 },
      { query: 'undeleted-exports', as: 'table', width: 50 },
      { query: 'audit-heads', as: 'table' },
      { query: 'audit-problems', as: 'table' },
    ],
  },
  {
    title: 'Security',
    parts: [
      { query: 'failed-authentications', as: 'table', width: 50 },
      { query: 'keys-from-new-networks', as: 'table', width: 50 },
      { query: 'downloads', as: 'table' },
      { query: 'refused-downloads', as: 'table', width: 50 },
      { query: 'reads-without-link', as: 'table', width: 50 },
      { query: 'vault-access', as: 'table' },
    ],
  },
  {
    title: 'Health',
    parts: [
      { query: 'answers-over-time', as: 'timechart', width: 50 },
      { query: 'error-lines', as: 'table', width: 50 },
      { query: 'failed-requests', as: 'table', width: 50 },
      { query: 'errors-by-code', as: 'table', width: 50 },
      { query: 'readiness', as: 'table', width: 50 },
      { query: 'watchdog-restarts', as: 'table', width: 50 },
      { query: 'tenants-with-failures', as: 'table', width: 50 },
      { query: 'host-exceptions', as: 'table', width: 50 },
    ],
  },
];
