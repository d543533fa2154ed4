import type { Setting } from '../../lib/config/settings.ts';

/** The settings as a Markdown table, in the order of lib/config/settings.ts. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map(
    (setting) => `| \`${setting.name}\` | ${whenAbsent(setting)} | ${setting.description} |`,
  );
  return ['| setting | when absent | what it is |', '|---|---|---|', ...rows].join('\n');
}

function whenAbsent({ required, fallback, byPlatform }: Setting): string {
  if (byPlatform === true) return 'given by Azure';
  if (required) return 'nothing is served';
  return fallback === undefined ? '–' : `\`${fallback}\``;
}
