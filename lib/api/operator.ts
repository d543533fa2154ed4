import { z } from 'zod';
import { pageAnswer } from './page.ts';
import { tenantIssuer } from './tenant-issuers.ts';
import { lineOfText, moment } from './text.ts';

/** The body of `POST /v1/operator/tenants`. */
export const createTenantBody = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Send 1 to 40 characters of a-z, 0-9 and "-".')
    .exactOptional(),
  name: lineOfText(200),
  /** The tenant's id in the source's own tables; the same as `id` when it is left out. */
  sourceId: lineOfText(200).exactOptional(),
  /** The id of the tenant that reads the same rows, where two are meant to. */
  sharesSourceIdWith: z.string().max(40).exactOptional(),
  contact: z.email().max(254).exactOptional(),
});

export const tenantAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  sourceId: z.string(),
  contact: z.string().optional(),
  createdAt: moment,
  /** The tenant's own identity providers. */
  issuers: z.array(tenantIssuer).optional(),
});

export type TenantAnswer = z.infer<typeof tenantAnswer>;

export const tenantListAnswer = pageAnswer(tenantAnswer);
