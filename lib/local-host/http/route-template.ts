import { HostError } from '../host-error.ts';

/** A route as the matcher sees it. */
export interface RouteTemplate {
  readonly pattern: RegExp;
  readonly parameters: readonly { readonly name: string; readonly fallback: string | undefined }[];
}

const constraints: Readonly<Record<string, string>> = {
  int: '-?\\d{1,10}',
  long: '-?\\d{1,19}',
  bool: '(?:true|false)',
  alpha: '[a-z]+',
  guid: '[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}',
};

/** Reads a route such as `things/{id:int}/{*rest}`. A constraint this host doesn't know is a HostError. */
export function parseRoute(route: string): RouteTemplate {
  const segments = route.split('/').filter((segment) => segment !== '');
  const parsed = segments.map((segment) => parseSegment(segment, route));
  return {
    pattern: new RegExp(`^${parsed.map(({ source }) => source).join('')}/?$`, 'i'),
    parameters: parsed.flatMap(({ parameters }) => parameters),
  };
}

interface Segment {
  readonly source: string;
  readonly parameters: readonly { readonly name: string; readonly fallback: string | undefined }[];
}

const parameterPattern = /\{(\*{0,2})([^{}:=?]+)((?::[^{}:=?]+)*)(?:=([^{}]*))?(\?)?\}/;

function parseSegment(segment: string, route: string): Segment {
  const whole = new RegExp(`^${parameterPattern.source}$`).exec(segment);
  if (whole === null) return parseMixedSegment(segment, route);
  const [, stars = '', name = '', limits = '', fallback, optional] = whole;
  const parameters = [{ name, fallback }];
  if (stars !== '') return { source: '(?:/(.*))?', parameters };
  const source = `/(${limitSource(limits, route)})`;
  const isOptional = optional !== undefined || fallback !== undefined;
  return { source: isOptional ? `(?:${source})?` : source, parameters };
}

function parseMixedSegment(segment: string, route: string): Segment {
  const parameters: { name: string; fallback: undefined }[] = [];
  const pieces = segment.split(/(\{[^{}]*\})/).map((piece) => {
    const found = parameterPattern.exec(piece);
    if (found === null) return escapeRegExp(piece);
    parameters.push({ name: found[2] ?? '', fallback: undefined });
    return `(${limitSource(found[3] ?? '', route)})`;
  });
  return { source: `/${pieces.join('')}`, parameters };
}

function limitSource(limits: string, route: string): string {
  const name = limits.split(':').filter((limit) => limit !== '')[0];
  if (name === undefined) return '[^/]+';
  const source = constraints[name];
  if (source === undefined) {
    throw new HostError(`Route "${route}": the local host does not know the constraint "${name}".`);
  }
  return source;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
