import type { z } from 'zod';
import type { Mistake } from '../../lib/core/errors.ts';

/** More mistakes than this are not listed; nobody reads them. */
export const mistakesMax = 100;

const pointerLengthMax = 300;

type Issue = z.core.$ZodIssue;

/** Every mistake with its place, once, in the order of the schema; at most 100. */
export function mistakesOf(issues: readonly Issue[]): readonly Mistake[] {
  const found = issues.flatMap((issue) => mistakesOfIssue(issue, []));
  const byText = new Map(found.map((mistake) => [JSON.stringify(mistake), mistake]));
  return [...byText.values()].slice(0, mistakesMax);
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
      message: issue.message,
    }));
  }
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant !== undefined) return meant.flatMap((inner) => mistakesOfIssue(inner, path));
  }
  return [{ pointer: pointerOf(path), message: issue.message }];
}

/** The alternative of the right kind, wrong only in its size or inside: that one was meant. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((branch) => branch.length > 0 && !branch.some(isOfAnotherKind));
}

function isOfAnotherKind({ path, code }: Issue): boolean {
  return path.length === 0 && code !== 'too_big' && code !== 'too_small';
}

function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
