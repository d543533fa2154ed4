/** What Bicep compiles a file to, as far as the checks look at it. */
export interface Template {
  readonly metadata?: { readonly name?: string };
  readonly definitions?: Readonly<Record<string, Declared>>;
  readonly parameters?: Readonly<Record<string, Declared>>;
  readonly outputs?: Readonly<Record<string, Declared>>;
  readonly resources: Readonly<Record<string, Deployed>>;
}

/** A parameter, an output, a type or a property of one. */
export interface Declared {
  readonly metadata?: { readonly description?: string };
  readonly defaultValue?: unknown;
  readonly nullable?: boolean;
  readonly value?: unknown;
  readonly properties?: Readonly<Record<string, Declared>>;
}

interface Deployed {
  readonly type: string;
  readonly properties?: { readonly template?: Template };
}

/** The template and every one inside it: a module is a deployment with a template of its own. */
export function* templatesIn(template: Template): Generator<Template> {
  yield template;
  for (const { type, properties } of Object.values(template.resources)) {
    const inner = type === 'Microsoft.Resources/deployments' ? properties?.template : undefined;
    if (inner !== undefined) yield* templatesIn(inner);
  }
}

/** Every text in a value, however deep. */
export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}
