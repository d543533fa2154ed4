/** In a parameter file `param` has no type, which the grammar cannot read; `var` has none either. */
const untypedParam = /^param(?=\s+\w+\s*=)/gm;

/** A nullable type at the end of a line, which the grammar may take for half a ternary. */
const lastQuestionMark = /\?(?=[ \t]*(?:\/\/.*)?\r?$)/gm;

/**
 * The text as the grammar can read it: `var` for `param` in a parameter file, and `!`, which it takes
 * for nullable too, for `?` at the end of a line. Every character keeps its place.
 */
export function readable(file: string, text: string): string {
  const typed = text.replace(lastQuestionMark, '!');
  return file.endsWith('.bicepparam') ? typed.replace(untypedParam, 'var  ') : typed;
}
