/** A question to append to a message, ` Did you mean …?`, or nothing where no name is near. */
export function suggestion(wrong: string, names: Iterable<string>): string {
  const near = [...names]
    .map((name) => ({ name, distance: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, wrong.length / 3))
    .sort((left, right) => left.distance - right.distance)[0];
  return near === undefined ? '' : ` Did you mean ${near.name}?`;
}

/** How many letters must be put in, taken out or changed to make one word of the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    row = nextRow(row, letter, to, index + 1);
  }
  return row.at(-1) ?? 0;
}

function nextRow(row: readonly number[], letter: string, to: string, first: number): number[] {
  const next = [first];
  for (const [index, other] of [...to].entries()) {
    const [left = 0, above = 0, corner = 0] = [next[index], row[index + 1], row[index]];
    next.push(Math.min(left + 1, above + 1, corner + (letter === other ? 0 : 1)));
  }
  return next;
}
