import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '../../lib/config/settings.ts';
import { type Alert, alertsTable } from './alerts-table.ts';
import { fillGuide } from './fill-guide.ts';
import { settingsTable } from './settings-table.ts';

/** Where the guide is. */
export const guidePath = join(import.meta.dirname, '../README.md');

/** The guide as it stands, and as it should stand after what is written elsewhere. */
export function readGuide(): { readonly stands: string; readonly shouldStand: string } {
  const stands = readFileSync(guidePath, 'utf8');
  const withSettings = fillGuide(stands, 'settings', settingsTable(settings));
  return { stands, shouldStand: fillGuide(withSettings, 'alerts', alertsTable(readAlerts())) };
}

function readAlerts(): readonly Alert[] {
  const path = join(import.meta.dirname, '../monitoring/alerts.json');
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Alert[];
}
