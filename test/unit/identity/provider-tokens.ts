import type { JWTPayload } from 'jose';

/** One token as a provider writes it: values are invented, names and places are the provider's. */
export interface ProviderToken {
  readonly header: Readonly<Record<string, string>>;
  readonly claims: JWTPayload;
}

export interface ProviderTokens {
  /** The heading of its lines in lib/core/identity/README.md. */
  readonly heading: string;
  /** Absent: its access tokens are no JWTs. */
  readonly access?: ProviderToken;
  readonly id: ProviderToken;
}

const issuedAt = 1_764_340_000;
const hour = { iat: issuedAt, exp: issuedAt + 3600 };
const signedIn = { auth_time: issuedAt - 10 };
/** Moments in the tokens are counted from here. */
export const tokensFrom = issuedAt;

const directory = '8f0c7b1e-5b0a-4b44-9a3e-2f4c0f6d9a10';
const api = '5c6b6f0e-1d2f-4f7a-8c55-0a8ce9a0b2c1';
const portal = 'b7a1c9d4-77c2-4c36-bf1f-6a5d3c2e1f00';
const subject = 'Qm9yaW5nIHN1YmplY3Qgb2YgYW4gYXBw';
const person = { name: 'Ann Example', email: 'ann@acme.example' };
const microsoft = {
  ...hour,
  nbf: issuedAt,
  aio: 'AXQAi/8TAAAA',
  oid: '0f8b3c5d-8a56-4c1f-9c2b-1f5f0c9b7d11',
  rh: '1.AVYA.',
  roles: ['Sluice.Admin'],
  sub: subject,
  tid: directory,
  uti: 'kP1nAAAA',
};

export const providerTokens: readonly ProviderTokens[] = [
  {
    heading: 'Microsoft Entra ID, version 2 tokens',
    access: {
      header: { typ: 'JWT', alg: 'RS256', kid: 'k1' },
      claims: {
        ...microsoft,
        ...signedIn,
        iss: `https://login.microsoftonline.com/${directory}/v2.0`,
        aud: api,
        azp: portal,
        azpacr: '0',
        name: person.name,
        preferred_username: person.email,
        scp: 'Exports.Use',
        ver: '2.0',
      },
    },
    id: {
      header: { typ: 'JWT', alg: 'RS256', kid: 'k1' },
      claims: {
        ...microsoft,
        iss: `https://login.microsoftonline.com/${directory}/v2.0`,
        aud: portal,
        name: person.name,
        preferred_username: person.email,
        ver: '2.0',
      },
    },
  },
  {
    heading: 'Microsoft Entra ID, version 1 tokens',
    access: {
      header: { typ: 'JWT', alg: 'RS256', x5t: 'k1', kid: 'k1' },
      claims: {
        ...microsoft,
        ...signedIn,
        iss: `https://sts.windows.net/${directory}/`,
        aud: `api://${api}`,
        acr: '1',
        amr: ['pwd', 'mfa'],
        appid: portal,
        appidacr: '0',
        ipaddr: '203.0.113.7',
        scp: 'Exports.Use',
        unique_name: person.email,
        upn: person.email,
        ver: '1.0',
      },
    },
    id: {
      header: { typ: 'JWT', alg: 'RS256', x5t: 'k1', kid: 'k1' },
      claims: {
        ...microsoft,
        iss: `https://sts.windows.net/${directory}/`,
        aud: portal,
        amr: ['pwd', 'mfa'],
        unique_name: person.email,
        upn: person.email,
        ver: '1.0',
      },
    },
  },
  {
    heading: 'Okta',
    access: {
      header: { kid: 'k1', alg: 'RS256' },
      claims: {
        ...hour,
        ...signedIn,
        ver: 1,
        jti: 'AT.invented',
        iss: 'https://acme.okta.example/oauth2/default',
        aud: 'api://default',
        cid: '0oaPortal',
        uid: '00uAnn',
        scp: ['openid'],
        sub: person.email,
        groups: ['sluice-admins'],
      },
    },
    id: {
      header: { kid: 'k1', alg: 'RS256' },
      claims: {
        ...hour,
        ...signedIn,
        ver: 1,
        jti: 'ID.invented',
        iss: 'https://acme.okta.example/oauth2/default',
        aud: '0oaPortal',
        amr: ['pwd'],
        idp: '00oIdp',
        sub: '00uAnn',
        ...person,
        groups: ['sluice-admins'],
      },
    },
  },
  {
    heading: 'Auth0',
    access: {
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        ...hour,
        iss: 'https://acme.auth0.example/',
        sub: 'auth0|123456',
        aud: ['https://sluice.example/api', 'https://acme.auth0.example/userinfo'],
        azp: 'portalClient',
        scope: 'openid profile',
        'https://sluice.example/roles': ['sluice-admin'],
      },
    },
    id: {
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        ...hour,
        iss: 'https://acme.auth0.example/',
        sub: 'auth0|123456',
        aud: 'portalClient',
        sid: 'session',
        ...person,
        'https://sluice.example/roles': ['sluice-admin'],
      },
    },
  },
  {
    heading: 'Keycloak before 24',
    access: {
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        ...hour,
        ...signedIn,
        jti: '1f0c-at',
        iss: 'https://sso.acme.example/realms/acme',
        aud: ['sluice', 'account'],
        sub: '1f0c',
        typ: 'Bearer',
        azp: 'portal',
        nonce: 'n-1',
        session_state: 's-1',
        acr: '1',
        realm_access: { roles: ['sluice-admin'] },
        scope: 'openid profile',
        sid: 's-1',
      },
    },
    id: {
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        ...hour,
        ...signedIn,
        jti: '1f0c-id',
        iss: 'https://sso.acme.example/realms/acme',
        aud: 'portal',
        sub: '1f0c',
        typ: 'ID',
        azp: 'portal',
        nonce: 'n-1',
        session_state: 's-1',
        at_hash: 'h',
        realm_access: { roles: ['sluice-admin'] },
      },
    },
  },
  {
    heading: 'Keycloak',
    access: {
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        ...hour,
        ...signedIn,
        jti: 'onrtac:1f0c',
        iss: 'https://sso.acme.example/realms/acme',
        aud: ['sluice', 'account'],
        sub: '1f0c',
        typ: 'Bearer',
        azp: 'portal',
        sid: 's-1',
        acr: '1',
        realm_access: { roles: ['sluice-admin'] },
        scope: 'openid profile',
      },
    },
    id: {
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        ...hour,
        ...signedIn,
        jti: '1f0c-id',
        iss: 'https://sso.acme.example/realms/acme',
        aud: 'portal',
        sub: '1f0c',
        typ: 'ID',
        azp: 'portal',
        sid: 's-1',
        realm_access: { roles: ['sluice-admin'] },
      },
    },
  },
  {
    heading: 'PingOne and PingFederate',
    access: {
      header: { alg: 'RS256', kid: 'k1' },
      claims: {
        ...hour,
        client_id: 'portal-client',
        iss: 'https://auth.pingone.example/0e5c/as',
        aud: ['https://sluice.example/api'],
        sub: '7d1a',
        scope: 'openid exports',
        sid: 's-1',
        groups: ['sluice-admins'],
        ...signedIn,
      },
    },
    id: {
      header: { alg: 'RS256', kid: 'k1' },
      claims: {
        ...hour,
        ...signedIn,
        iss: 'https://auth.pingone.example/0e5c/as',
        aud: 'portal-client',
        sub: '7d1a',
        acr: 'Single_Factor',
        amr: ['pwd'],
        sid: 's-1',
        groups: ['sluice-admins'],
      },
    },
  },
  {
    heading: 'Amazon Cognito',
    access: {
      header: { kid: 'k1', alg: 'RS256' },
      claims: {
        ...hour,
        ...signedIn,
        sub: '9b1d',
        'cognito:groups': ['sluice-admins'],
        iss: 'https://cognito-idp.eu-central-1.amazonaws.example/eu-central-1_Pool',
        version: 2,
        client_id: 'portalclient',
        origin_jti: 'o-1',
        token_use: 'access',
        scope: 'openid https://sluice.example/use',
        jti: 'j-1',
        username: 'ann',
      },
    },
    id: {
      header: { kid: 'k1', alg: 'RS256' },
      claims: {
        ...hour,
        ...signedIn,
        sub: '9b1d',
        'cognito:groups': ['sluice-admins'],
        iss: 'https://cognito-idp.eu-central-1.amazonaws.example/eu-central-1_Pool',
        'cognito:username': 'ann',
        origin_jti: 'o-1',
        aud: 'portalclient',
        token_use: 'id',
        jti: 'j-2',
        ...person,
      },
    },
  },
  {
    heading: 'Google',
    id: {
      header: { alg: 'RS256', kid: 'k1', typ: 'JWT' },
      claims: {
        ...hour,
        nbf: issuedAt,
        iss: 'https://accounts.google.com',
        azp: '1234.apps.googleusercontent.com',
        aud: '1234.apps.googleusercontent.com',
        sub: '110169484474386276334',
        hd: 'acme.example',
        email_verified: true,
        ...person,
        jti: 'j-1',
      },
    },
  },
];
