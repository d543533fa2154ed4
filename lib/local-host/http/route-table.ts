import { asString } from '../json.ts';
import type { HostFunction } from '../loader/functions.ts';
import { parseRoute, type RouteTemplate } from './route-template.ts';

/** An HTTP function and the requests it answers. */
export interface Route {
  readonly target: HostFunction;
  readonly methods: readonly string[];
  /** With the prefix, without a slash in front. */
  readonly path: string;
  readonly template: RouteTemplate;
}

/** The function for a request, with its route parameters. */
export interface RouteMatch {
  readonly target: HostFunction;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The routes of all HTTP functions in the order in which the real host tries them: by the functions'
 * names, whatever the routes look like (Azure/azure-functions-host, issue 9876).
 */
export function createRouteTable(
  functions: readonly HostFunction[],
  prefix: string,
): readonly Route[] {
  return functions
    .filter(({ kind }) => kind === 'http')
    .map((target) => toRoute(target, prefix))
    .toSorted((a, b) => compareNames(a.target.name.toLowerCase(), b.target.name.toLowerCase()));
}

function compareNames(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Finds the function for a method and a raw (still encoded) path. No match for a method is no match at all. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  rawPath: string,
): RouteMatch | undefined {
  const path = decodePath(rawPath);
  for (const { target, methods, template } of routes) {
    if (!methods.includes(method)) continue;
    const found = template.pattern.exec(path);
    if (found === null) continue;
    const params = template.parameters.flatMap(({ name, fallback }, index) => {
      const value = found[index + 1] ?? fallback;
      return value === undefined ? [] : [[name, value] as const];
    });
    return { target, params: Object.fromEntries(params) };
  }
  return undefined;
}

function toRoute(target: HostFunction, prefix: string): Route {
  const own = (asString(target.trigger['route']) ?? target.name).replace(/^\/+/, '');
  const path = prefix === '' ? own : `${prefix}/${own}`;
  const methods = target.trigger['methods'];
  const listed = Array.isArray(methods)
    ? methods.map((method) => String(method).toUpperCase())
    : [];
  return {
    target,
    path,
    methods: listed.length === 0 ? ['GET', 'POST'] : listed,
    template: parseRoute(path),
  };
}

/** Decodes everything but an encoded slash, as Kestrel does; broken escapes stay as they are. */
function decodePath(path: string): string {
  return path.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    escapes
      .split(/(%2f)/i)
      .map((part) => (/^%2f$/i.test(part) ? part : tryDecode(part)))
      .join(''),
  );
}

function tryDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
