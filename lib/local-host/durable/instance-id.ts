/** Durable Task Scheduler takes no longer ids. */
const instanceIdCharactersMax = 100;

/** Why Azure Storage or Durable Task Scheduler would refuse the id; undefined for a good one. */
export function instanceIdProblem(id: string): string | undefined {
  if (id.length === 0) return 'the instance id is empty.';
  if (id.length > instanceIdCharactersMax) {
    return `the instance id has ${id.length} characters, ${instanceIdCharactersMax} are allowed.`;
  }
  if (id.startsWith('@')) return 'an instance id must not start with @.';
  const bad = /[^\x20-\x7e]|[/\\#?]/.exec(id)?.[0];
  if (bad === undefined) return undefined;
  return `the instance id holds ${JSON.stringify(bad)}; allowed is printable ASCII without / \\ # ?.`;
}
