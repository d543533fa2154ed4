/** One rule of infra/monitoring/alerts.json, as far as the guide tells it. */
export interface Alert {
  readonly displayName: string;
  /** What it means, an arrow, what to do. */
  readonly description: string;
  readonly severity: number;
}

/** The alerts on the log as a Markdown table, the most severe first. */
export function alertsTable(alerts: readonly Alert[]): string {
  const rows = alerts
    .toSorted((one, other) => one.severity - other.severity)
    .map(({ displayName, description, severity }) => {
      const [meaning = '', action = ''] = description.split(' → ');
      return `| **${displayName}** (${severity}) | ${meaning} | ${action} |`;
    });
  return ['| alert (severity) | what it means | what to do |', '|---|---|---|', ...rows].join('\n');
}
