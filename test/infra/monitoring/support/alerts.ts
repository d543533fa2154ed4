import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A row of alerts.json, as the template takes it. */
export interface Alert {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly severity: number;
  readonly queryFile: string;
  readonly evaluationFrequency: string;
  readonly windowSize: string;
  readonly operator: string;
  readonly threshold: number;
  readonly autoMitigate: boolean;
  readonly muteActionsDuration?: string;
}

/** The alerts as their file has them. */
export function readAlerts(): readonly Alert[] {
  const file = join(import.meta.dirname, '../../../../infra/monitoring/alerts.json');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Minutes of an ISO 8601 duration as Azure writes them: PT5M, PT1H, P2D. */
export function minutesOf(duration: string): number {
  const [, days, hours, minutes] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return Number(days ?? 0) * 1440 + Number(hours ?? 0) * 60 + Number(minutes ?? 0);
}
