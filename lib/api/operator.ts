import { z } from 'zod';
import { pageAnswer } from './page.ts';
import { lineOfText, moment } from './text.ts';

const keyDaysMax = 365;

/** What a tenant's key may be allowed to do; the operator's own work is not among it. */
const keyScope = z.enum([
  'exports:read',
  'exports:run',
  'exports:delete',
  'links:create',
  'configurations:write',
  'keys:write',
  'webhooks:write',
  'audit:read',
  'tenant:write',
  'me',
]);

/** The body of `POST /v1/operator/tenants`. */
export const createTenantBody = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Send 1 to 40 characters of a-z, 0-9 and "-".')
    .exactOptional(),
  name: lineOfText(200),
  /** The tenant's id in the source's own tables; the same as `id` when it is left out. */
  sourceId: lineOfText(200).exactOptional(),
  contact: z.email().max(254).exactOptional(),
});

export const tenantAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  sourceId: z.string(),
  contact: z.string().optional(),
  createdAt: moment,
});

export type TenantAnswer = z.infer<typeof tenantAnswer>;

export const tenantListAnswer = pageAnswer(tenantAnswer);

/** The body of `POST /v1/operator/tenants/{id}/keys`. */
export const createKeyBody = z.strictObject({
  name: lineOfText(200),
  scopes: z
    .array(keyScope)
    .min(1, 'Name at least one scope, or leave `scopes` out to get all of them.')
    .exactOptional(),
  expiresInDays: z.int().min(1).max(keyDaysMax).exactOptional(),
});

/** The answer that makes a key; the only one that shows it. */
export const keyCreatedAnswer = z.strictObject({
  id: z.string(),
  key: z.string(),
  tenantId: z.string(),
  name: z.string(),
  scopes: z.array(keyScope),
  createdBy: z.string(),
  createdAt: moment,
  expiresAt: moment,
});

export type KeyCreatedAnswer = z.infer<typeof keyCreatedAnswer>;
