import { z } from 'zod';
import type { Stamp } from '../core/tenants/residency.ts';

/** The name of a stamp, as it stands inside its API keys. */
export const environmentName = z
  .string('is missing; set for example dev or live')
  .regex(/^[a-z]{2,8}$/, 'must be 2 to 8 lower-case letters');

/** The region of a stamp, as the cloud names it. */
export const regionName = z
  .string('is missing; set for example westeurope')
  .regex(/^[a-z0-9-]{2,40}$/, 'must be 2 to 40 lower-case letters, digits or dashes');

const address = z
  .string('is missing; set for example https://north.example.com')
  .refine(isOrigin, 'must be an https address without a path')
  .transform((text) => new URL(text).origin);

const stamp = z.strictObject(
  { region: regionName, url: address },
  'must be an object with region and url, and nothing else',
);

/** SLUICE_OTHER_STAMPS: a JSON object with a stamp for each environment; absent: there are none. */
export const otherStamps = z
  .string()
  .default('{}')
  .transform(parseJson)
  .pipe(
    z.record(environmentName, stamp, {
      error: ({ code }) =>
        code === 'invalid_key' ? 'must be 2 to 8 lower-case letters' : 'must be a JSON object',
    }),
  )
  .transform((stamps): ReadonlyMap<string, Stamp> => new Map(Object.entries(stamps)));

/** Every stamp that does not go with this one or the others: a tenant's region leads to one address. */
export function stampMistakes(
  own: { readonly environment: string; readonly region: string },
  others: ReadonlyMap<string, Stamp>,
): readonly string[] {
  const regions = new Set([own.region]);
  return [...others].flatMap(([environment, { region }]): readonly string[] => {
    const place = `SLUICE_OTHER_STAMPS.${environment}`;
    if (environment === own.environment) return [`${place} is this stamp itself`];
    if (regions.has(region)) return [`${place} has the region of another stamp`];
    regions.add(region);
    return [];
  });
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue(`is not valid JSON: ${error instanceof Error ? error.message : 'unknown'}`);
    return z.NEVER;
  }
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin, href } = new URL(text);
  return protocol === 'https:' && href === `${origin}/`;
}
