/** Where a text stops being JSON, counted from 1 as editors do, and what is wrong there. Shows nothing of the text. */
export interface JsonMistake {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** The first mistake of a text that should be JSON; undefined when it is. */
export function jsonMistake(text: string): JsonMistake | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    // The engine's own message quotes the text, which may be a secret, and often has no place.
    const reader = new Reader(text);
    const what = reader.problem() ?? 'this is not JSON';
    const before = text.slice(0, reader.at).split(/\r\n|[\n\r]/);
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, what };
  }
}

/** The mistake as a line of a list: `catalog.json:3:12: …`. */
export function describeJsonMistake(name: string, { line, column, what }: JsonMistake): string {
  return `${name}:${line}:${column}: ${what}`;
}

// Every character from the blank on, without the quote and the backslash.
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const word = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

/** Reads by the grammar of RFC 8259 and stops at the first thing that doesn't fit, without recursion. */
class Reader {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #wants: 'value' | 'name' | 'end' = 'value';
  /** Nothing stands yet behind the bracket that was opened last. */
  #isFirst = false;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  problem(): string | undefined {
    if (this.#text.startsWith('\uFEFF')) return 'save the file without a byte order mark';
    for (;;) {
      this.#skipSpace();
      const next = this.#text[this.at];
      if (next === undefined) return this.#atEnd();
      const mistake = this.#step(next, closingOf(this.#open.at(-1)));
      if (mistake !== undefined) return mistake;
    }
  }

  #step(next: string, closing: string | undefined): string | undefined {
    if (next === closing && (this.#wants === 'end' || this.#isFirst)) return this.#close();
    this.#isFirst = false;
    if (this.#wants === 'end') return this.#separator(next, closing);
    if (this.#wants === 'name') return this.#name(next, closing);
    if (next === '{' || next === '[') return this.#enter(next);
    this.#wants = 'end';
    return this.#plainValue(next, closing);
  }

  #close(): undefined {
    this.at++;
    this.#open.pop();
    this.#wants = 'end';
    this.#isFirst = false;
  }

  #enter(bracket: '{' | '['): undefined {
    this.at++;
    this.#open.push(bracket);
    this.#wants = bracket === '{' ? 'name' : 'value';
    this.#isFirst = true;
  }

  #separator(next: string, closing: string | undefined): string | undefined {
    if (next !== ',' || closing === undefined) return expectedAfterValue(next, closing);
    this.at++;
    this.#wants = closing === '}' ? 'name' : 'value';
    return undefined;
  }

  #skipSpace(): void {
    while (/[ \t\n\r]/.test(this.#text[this.at] ?? '')) this.at++;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.#text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  #name(next: string, closing: string | undefined): string | undefined {
    if (next === closing) return `there is a comma too many before this ${closing}`;
    if (next !== '"') return `expected a name in double quotes${hintFor(next)}`;
    if (!this.#take(string)) return unclosed;
    this.#skipSpace();
    if (this.#text[this.at] !== ':') return 'expected a colon after the name';
    this.at++;
    this.#wants = 'value';
    return undefined;
  }

  #plainValue(next: string, closing: string | undefined): string | undefined {
    if (next === '"') return this.#take(string) ? undefined : unclosed;
    if (this.#take(word)) return undefined;
    if (next === closing)
      return `there is a comma too many, or a value missing, before this ${next}`;
    return `expected a value: text in double quotes, a number, true, false, null, { or [${hintFor(next)}`;
  }

  #atEnd(): string | undefined {
    const closing = closingOf(this.#open.at(-1));
    if (closing !== undefined) return `the text ends here, but a ${closing} is missing`;
    return this.#wants === 'value' ? 'there is nothing here; a value is missing' : undefined;
  }
}

const unclosed =
  'this text in quotes is not closed on its line, or holds a backslash with something unknown behind it';

function closingOf(opening: string | undefined): string | undefined {
  if (opening === undefined) return undefined;
  return opening === '{' ? '}' : ']';
}

function expectedAfterValue(next: string, closing: string | undefined): string {
  if (closing === undefined) return 'there is something behind the end of the value';
  return `expected a comma or ${closing}${hintFor(next)}`;
}

function hintFor(next: string): string {
  if (next === '/' || next === '#') return '; JSON knows no comments';
  return next === "'" ? '; JSON knows only double quotes' : '';
}
