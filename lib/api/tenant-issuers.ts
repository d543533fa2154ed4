import { z } from 'zod';

const text = z.string().min(1).max(500);

/** An identity provider of one tenant; its tokens speak for this tenant alone. */
export const tenantIssuer = z.strictObject({
  /** Exactly as in the claim `iss`. */
  issuer: text,
  audience: text,
  /** For providers that put no `aud` into access tokens: a word of `scope` is the audience. */
  audienceClaim: z.literal('scope').exactOptional(),
  /** Absent: the provider's discovery document names it. */
  jwksUri: text.exactOptional(),
  algorithms: z
    .array(
      z.enum([
        ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
        ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
      ]),
    )
    .min(1)
    .max(10)
    .default(['RS256', 'ES256', 'PS256', 'EdDSA']),
  /** The header `typ` of its access tokens. */
  requiredType: z.enum(['at+jwt', 'JWT']).default('at+jwt'),
  requiresNotBefore: z.boolean().default(true),
  /** Clients that tokens may be issued to. */
  authorizedParties: z.array(text).min(1).max(50).exactOptional(),
  /** Claims that must have exactly this text. */
  requiredClaims: z.record(text, text).default({}),
  roleClaim: text.exactOptional(),
  /** Value of that claim → role here. */
  roles: z.record(text, z.enum(['owner', 'admin', 'analyst', 'auditor', 'member'])).default({}),
  /** Label name → claim with the values that may be seen. */
  labelClaims: z.record(text, text).default({}),
});

/** The body of `PATCH /v1/operator/tenants/{id}`: what is there replaces what was. */
export const updateTenantBody = z.strictObject({
  issuers: z.array(tenantIssuer).max(5),
});
