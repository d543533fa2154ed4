import { z } from 'zod';
import { moment } from './text.ts';

const shared = {
  tenantId: z.string(),
  scopes: z.array(z.string()).readonly(),
  /** Absent: everything of the tenant may be seen. */
  labels: z.record(z.string(), z.array(z.string()).readonly()).optional(),
};

/** `GET /v1/auth/me`: whom Sluice takes the caller for. */
export const meAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('key'),
    keyId: z.string(),
    expiresAt: moment,
    /** The key may replace itself until then. */
    renewableUntil: moment.optional(),
    ...shared,
  }),
  z.strictObject({
    kind: z.literal('user'),
    userId: z.string(),
    role: z.enum(['owner', 'admin', 'analyst', 'auditor', 'member']),
    /** Absent: the identity provider does not say when. */
    signedInAt: moment.optional(),
    ...shared,
  }),
]);

export type MeAnswer = z.infer<typeof meAnswer>;
