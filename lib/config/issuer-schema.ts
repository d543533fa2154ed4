import { z } from 'zod';

const text = z.string().min(1).max(500);

const algorithm = z.enum(
  [
    ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
    ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
  ],
  'must be RS, PS or ES with 256, 384 or 512, or EdDSA',
);

const role = z.enum(
  ['owner', 'admin', 'analyst', 'auditor', 'member'],
  'must be owner, admin, analyst, auditor or member',
);

/** One entry of SLUICE_ISSUERS; README.md of lib/core/identity explains the fields. */
export const issuerSchema = z
  .strictObject({
    issuer: text,
    audience: text,
    audienceClaim: z.literal('scope').exactOptional(),
    jwksUri: text.exactOptional(),
    algorithms: z.array(algorithm).min(1).default(['RS256', 'ES256', 'PS256', 'EdDSA']),
    requiredType: z.enum(['at+jwt', 'JWT'], 'must be at+jwt or JWT').default('at+jwt'),
    requiresNotBefore: z.boolean().default(true),
    authorizedParties: z.array(text).min(1).exactOptional(),
    requiredClaims: z.record(text, text).default({}),
    roleClaim: text.exactOptional(),
    roles: z.record(text, role).default({}),
    labelClaims: z.record(text, text).default({}),
    tenantId: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 of a-z 0-9 and "-"')
      .exactOptional(),
    tenantClaim: text.exactOptional(),
  })
  .refine(({ tenantId, tenantClaim }) => (tenantId === undefined) !== (tenantClaim === undefined), {
    error: 'needs either tenantId or tenantClaim',
    path: ['tenantId'],
  });
