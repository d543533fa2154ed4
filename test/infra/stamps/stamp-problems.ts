import { wrongValues } from './required-values.ts';
import type { Resource } from './resource.ts';
import { roleProblems } from './roles.ts';
import { settingProblems } from './settings.ts';
import { siteProblems } from './site.ts';
import { wholeProblems } from './whole.ts';

/** Everything that is wrong with one stamp, as its final values show it. */
export function stampProblems(resources: readonly Resource[]): readonly string[] {
  return [
    ...wrongValues(resources),
    ...siteProblems(resources),
    ...settingProblems(resources),
    ...roleProblems(resources),
    ...wholeProblems(resources),
  ];
}
