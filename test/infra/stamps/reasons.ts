/** Finds role assignments and role definitions of a file without a comment above that says why. */
export function missingReasons(file: string, text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const name = /^resource (\w+) 'Microsoft\.Authorization\/role\w+@/.exec(line)?.[1];
    const above = lines[at - 1] ?? '';
    if (name === undefined || /existing/.test(line) || /^\/\/ \w/.test(above)) return [];
    return [`${file}:${at + 1} no comment above ${name} says why.`];
  });
}
