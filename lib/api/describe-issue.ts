import { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

/** What a mistake's place is called: a field of a body, a parameter of a query. */
export type PlaceNoun = 'field' | 'parameter';

/** More names than this are not listed; whoever sends so odd a field reads the route's description. */
const namesMax = 30;

/**
 * Says in our own words what to send instead, for whatever a schema has no words of its own for: the
 * library's speak of its types. Undefined leaves the library's text.
 */
export function describeIssue(noun: PlaceNoun): (issue: RawIssue) => string | undefined {
  return (issue) => {
    if (issue.code === 'unrecognized_keys') return unknownName(noun, namesOf(issue.schema));
    if (issue.input === undefined) return `This ${noun} is missing.`;
    if (issue.code === 'invalid_value') return oneOf(issue.values);
    if (issue.schema instanceof z.ZodNumber) return numberOf(issue.schema);
    if (issue.code === 'invalid_type') return typeWords[issue.expected];
    if (issue.code === 'too_big') return sizeOf(issue.origin, 'at most', Number(issue.maximum));
    if (issue.code === 'too_small') return sizeOf(issue.origin, 'at least', Number(issue.minimum));
    return undefined;
  };
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'Send a text.',
  boolean: 'Send true or false.',
  array: 'Send a list.',
  object: 'Send an object.',
  record: 'Send an object.',
};

function unknownName(noun: PlaceNoun, known: readonly string[]): string {
  const refusal = `There is no such ${noun} here`;
  if (known.length === 0) return `${refusal}; none is taken.`;
  const shown = known.slice(0, namesMax).join(', ');
  return `${refusal}. Known ones: ${shown}${known.length > namesMax ? ', …' : '.'}`;
}

function namesOf(schema: unknown): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function oneOf(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length === 1 ? `Send ${texts[0]}.` : `Send one of ${texts.join(', ')}.`;
}

/** Both ends at once, whichever was missed. */
function numberOf({ minValue, maxValue, isInt }: z.ZodNumber): string {
  const kind = isInt ? 'a whole number' : 'a number';
  const min = boundOf(minValue);
  const max = boundOf(maxValue);
  if (min !== undefined && max !== undefined) return `Send ${kind} from ${min} to ${max}.`;
  if (min !== undefined) return `Send ${kind} of at least ${min}.`;
  return max === undefined ? `Send ${kind}.` : `Send ${kind} of at most ${max}.`;
}

/** A whole number has the ends of what JavaScript counts exactly; they are no bounds of ours. */
function boundOf(value: number | null): number | undefined {
  return value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
}

function sizeOf(origin: string, bound: string, size: number): string | undefined {
  const unit = unitOf[origin];
  return unit === undefined ? undefined : `Send ${bound} ${size} ${unit}${size === 1 ? '' : 's'}.`;
}

const unitOf: Readonly<Record<string, string>> = { string: 'character', array: 'item' };
