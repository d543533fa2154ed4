/**
 * Why an orchestrator's actions contradict what it asked for one turn earlier; undefined when the earlier ones are
 * a prefix of the later ones. Cancelling a timer is the one change that is allowed.
 */
export function actionsProblem(
  earlierJson: string | null,
  actions: readonly unknown[],
): string | undefined {
  if (earlierJson === null) return undefined;
  const earlier: unknown = JSON.parse(earlierJson);
  const count = Array.isArray(earlier) ? earlier.length : 0;
  const repeated = canonicalActions(actions.slice(0, count));
  if (repeated === canonicalActions(Array.isArray(earlier) ? earlier : [])) return undefined;
  return (
    'Non-deterministic workflow detected: replayed over the same history, the orchestrator asked for other steps than ' +
    `before.\nbefore: ${shorten(earlierJson)}\nnow:    ${shorten(JSON.stringify(actions))}`
  );
}

/** The actions as text that doesn't change when a timer is cancelled. */
function canonicalActions(actions: readonly unknown[]): string {
  return JSON.stringify(actions, (key, value) => (key === 'isCanceled' ? undefined : value));
}

function shorten(text: string): string {
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
