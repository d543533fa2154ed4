import type { Role } from '../principal.ts';

/** Asymmetric ones alone: whoever can check a token must not be able to make one. */
export type TokenAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

/** What tokens of one identity provider must look like, and what their claims mean here. */
export interface IssuerRules {
  /** Exactly as it stands in the claim `iss`. */
  readonly issuer: string;
  /** What `aud` must be or hold: this API, as the provider names it. */
  readonly audience: string;
  /** For providers that put no `aud` into access tokens: one of the words of `scope` is the audience. */
  readonly audienceClaim?: 'scope';
  /** Absent: the provider's discovery document names it. */
  readonly jwksUri?: string;
  readonly algorithms: readonly TokenAlgorithm[];
  /**
   * The header `typ`. `at+jwt`: RFC 9068's. `JWT`: that or none (RFC 7519 tells nothing by it), so the
   * claims must show that it is an access token, and `authorizedParties` or `requiredClaims` are needed.
   */
  readonly requiredType: 'at+jwt' | 'JWT';
  /** False only for providers that leave `nbf` out; when it is there it is always checked. */
  readonly requiresNotBefore: boolean;
  /** Clients that tokens may be issued to (`azp`, `client_id`, `appid`, `cid`). Absent: all of them. */
  readonly authorizedParties?: readonly string[];
  /** Claims that must have exactly this text. */
  readonly requiredClaims: Readonly<Record<string, string>>;
  /** Claims are named by their name, or by a JSON pointer when they are nested. */
  readonly roleClaim?: string;
  /** What a value of that claim makes of somebody here; other values mean nothing. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Label name → the claim with the values that may be seen. */
  readonly labelClaims: Readonly<Record<string, string>>;
}

/** Whom an issuer may speak for: one tenant, or the one that a claim names. */
export type TenantBinding =
  | { readonly kind: 'one'; readonly tenantId: string }
  | { readonly kind: 'claim'; readonly claim: string };

/** An issuer of the deployment's settings. */
export interface SettingsIssuer {
  readonly rules: IssuerRules;
  readonly tenant: TenantBinding;
}

/** An issuer whose tokens are looked at. A tenant's own one speaks for that tenant alone. */
export interface KnownIssuer extends SettingsIssuer {
  readonly origin: 'settings' | 'tenant';
}
