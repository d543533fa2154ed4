import type { HostFunction, TriggerKind } from './loader/functions.ts';

const titles: Readonly<Record<TriggerKind, string>> = {
  http: 'HTTP',
  timer: 'timers',
  orchestration: 'orchestrations',
  activity: 'activities',
};

/** The functions of an app by kind, one line for each kind that has any. */
export function describeFunctions(functions: readonly HostFunction[]): string {
  const lines = Object.entries(titles).flatMap(([kind, title]) => {
    const names = functions.filter((target) => target.kind === kind).map(({ name }) => name);
    return names.length === 0 ? [] : [`  ${title.padEnd(15)}${names.join(', ')}`];
  });
  return [`${functions.length} functions`, ...lines].join('\n');
}
