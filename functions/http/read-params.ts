import type { HttpRequest } from '@azure/functions';
import { SluiceError } from '../../lib/core/errors.ts';

/** The path's parameters by name. Throws `not_found` for a value that no id of ours looks like. */
export function readParams(
  path: string,
  params: HttpRequest['params'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(paramNames(path).map((name) => [name, idOf(params[name] ?? '')]));
}

function paramNames(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
}

function idOf(text: string): string {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(text)) return text;
  throw new SluiceError('not_found');
}
