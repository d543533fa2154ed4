import type { Rule } from './rule.ts';

/** Where something stands: a path from the project's root and a line, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** One thing that is wrong with a template: the rule that it breaks, where, and how to mend it. */
export interface Finding extends Place {
  readonly rule: Rule;
  readonly message: string;
}

/** A finding at this place. */
export function found({ file, line }: Place, rule: Rule, message: string): Finding {
  return { file, line, rule, message };
}

/** Each finding once, by file and line. */
export function sorted(findings: Iterable<Finding>): readonly Finding[] {
  const byText = new Map([...findings].map((finding) => [formatted(finding), finding]));
  return [...byText.values()].sort(
    (left, right) => left.file.localeCompare(right.file) || left.line - right.line,
  );
}

/** One line for people: `infra/main.bicep:12 property-unknown: …`. */
export function formatted({ file, line, rule, message }: Finding): string {
  return `${file}:${line} ${rule}: ${message}`;
}
