import type { LocalSettings } from './prepare-local.ts';

/** What was done to local.settings.json, in a sentence or two; names only, never values. */
export function describeSettings(settings: LocalSettings): string {
  const { file, isNew, added, changed } = settings;
  if (isNew)
    return `Wrote ${file} with ${Object.keys(settings.values).length} settings and fresh secrets; only you can read it.`;
  const parts = [
    ...(added.length === 0 ? [] : [`added ${added.join(', ')}`]),
    ...(changed.length === 0 ? [] : [`changed ${changed.join(', ')}`]),
  ];
  if (parts.length === 0) return `${file} has every setting; nothing was changed.`;
  return `In ${file}: ${parts.join('; ')}. The rest is as it was.`;
}
