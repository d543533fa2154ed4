import type { z } from 'zod';
import type { Mistake } from '../../lib/core/errors.ts';

/** More mistakes than this are not listed; nobody reads them. */
export const mistakesMax = 100;

const pointerLengthMax = 300;

type Issue = z.core.$ZodIssue;

/** Every mistake with its place, in the order of the schema; at most 100. */
export function mistakesOf(issues: readonly Issue[]): readonly Mistake[] {
  return issues.flatMap((issue) => mistakesOfIssue(issue, [])).slice(0, mistakesMax);
}

/** RFC 6901; the empty pointer is the whole body. Cut off where a hostile name would make it huge. */
export function pointerOf(path: readonly PropertyKey[]): string {
  const pointer = path.map((step) => `/${escapeStep(String(step))}`).join('');
  return pointer.length > pointerLengthMax ? `${pointer.slice(0, pointerLengthMax)}…` : pointer;
}

function mistakesOfIssue(issue: Issue, above: readonly PropertyKey[]): readonly Mistake[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...path, key]),
      message: 'There is no such field here.',
    }));
  }
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant !== undefined) return meant.flatMap((inner) => mistakesOfIssue(inner, path));
  }
  return [{ pointer: pointerOf(path), message: messageOf(issue) }];
}

/** The alternative that fits as a whole and is wrong only inside: that one was meant. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find(
    (branch) => branch.length > 0 && branch.every(({ path }) => path.length > 0),
  );
}

function messageOf(issue: Issue): string {
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return isMissing ? 'This field is missing.' : issue.message;
}

function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
