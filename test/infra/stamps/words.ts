import { type Declared, type Template, templatesIn, textsIn } from '../bicep/template.ts';

/** Finds what a reader is not told, what shows a secret, and what differs at every deployment. */
export function wordProblems(template: Template): readonly string[] {
  const problems = [...templatesIn(template)].flatMap((one) => {
    const name = one.metadata?.name ?? 'a template without a name';
    return [...descriptions(one), ...shownSecrets(one)].map((problem) => `${name}: ${problem}`);
  });
  return [...new Set([...problems, ...loose(template)])];
}

function* descriptions({ definitions, parameters, outputs }: Template): Generator<string> {
  for (const [name, type] of Object.entries(definitions ?? {})) {
    yield* description(`the type ${name}`, type);
    for (const [property, declared] of Object.entries(type.properties ?? {})) {
      yield* firstWord(`${property} of ${name}`, declared);
    }
  }
  for (const [name, output] of Object.entries(outputs ?? {})) {
    yield* description(`the output ${name}`, output);
  }
  for (const [name, parameter] of Object.entries(parameters ?? {})) {
    yield* firstWord(`the parameter ${name}`, parameter);
  }
}

function* description(what: string, { metadata }: Declared): Generator<string> {
  const text = metadata?.description;
  if (text === undefined) yield `${what} has no description.`;
  else if (!text.trimEnd().endsWith('.')) yield `the description of ${what} has no full stop.`;
}

/** `Required.`, or `Optional.` or `Conditional.`, as it can be left out or not. */
function* firstWord(what: string, declared: Declared): Generator<string> {
  yield* description(what, declared);
  const optional = declared.nullable === true || 'defaultValue' in declared;
  const words = optional ? ['Optional.', 'Conditional.'] : ['Required.'];
  const text = declared.metadata?.description;
  if (text === undefined || words.some((word) => text.startsWith(`${word} `))) return;
  yield `the description of ${what} must begin with ${words.join(' or ')}`;
}

/** Whoever may read a deployment reads its outputs; the linter sees neither a variable nor `any()`. */
const secret = /\blist[A-Z]\w*\(|\bgetSecret\(|\.((primary|secondary)(Shared|Access)?Key|keys?)\b/i;

function* shownSecrets({ outputs }: Template): Generator<string> {
  for (const [name, { value }] of Object.entries(outputs ?? {})) {
    const shows = [...textsIn(value)].some((text) => secret.test(text));
    if (shows) yield `the output ${name} would show a secret.`;
  }
}

function* loose(template: Template): Generator<string> {
  for (const text of textsIn(template)) {
    const found = /\b(utcNow|newGuid)\(/.exec(text)?.[1];
    if (found !== undefined) yield `${found}() differs at every deployment.`;
    if (/AccountKey=/i.test(text)) yield 'there is a connection string with a key.';
  }
}
