import { type Mistake, SluiceError } from '../errors.ts';
import { customHeaderMistakes, type HeaderInput } from './custom-headers.ts';
import { headersOf } from './delivery-headers.ts';
import type { EndpointAuth } from './endpoint.ts';

/**
 * How a caller chooses an endpoint's authentication. A secret (password, token, value) may be absent
 * where one of the same kind is kept already.
 */
export type EndpointAuthInput =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'basic';
      readonly username: string;
      readonly password?: string | undefined;
    }
  /** 8 to 4,096 visible ASCII characters. */
  | { readonly kind: 'bearer'; readonly token?: string | undefined }
  | { readonly kind: 'headers'; readonly headers: readonly HeaderInput[] }
  | OAuth2Input
  /** 24 to 256 visible ASCII characters; used as they are, as the key of the HMAC. */
  | { readonly kind: 'lakeside'; readonly secret?: string | undefined };

export interface OAuth2Input {
  readonly kind: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
  readonly sendSecretIn?: 'header' | 'body' | undefined;
}

/** Authentication as the row keeps it, with its secret still open. */
export interface AuthPlan {
  readonly auth: EndpointAuth;
  readonly authSecret: string | undefined;
}

/** Every mistake in the form, with its place; never the secret itself. */
export function authMistakes(auth: EndpointAuthInput | undefined): readonly Mistake[] {
  switch (auth?.kind) {
    case undefined:
    case 'none':
      return [];
    case 'basic':
      return [...usernameMistakes(auth.username), ...passwordMistakes(auth.password)];
    case 'bearer':
      return textMistakes('/auth/token', auth.token, /^[\x21-\x7e]{8,4096}$/, '8 to 4096');
    case 'headers':
      return customHeaderMistakes(auth.headers);
    case 'oauth2':
      return oauth2Mistakes(auth);
    case 'lakeside':
      return textMistakes('/auth/secret', auth.secret, /^[\x21-\x7e]{24,256}$/, '24 to 256');
  }
}

/**
 * The plan of an authentication; `kept` is what the endpoint has now. Throws `invalid_body` when a
 * secret is neither sent nor kept for this kind.
 */
export function planAuth(input: EndpointAuthInput | undefined, kept?: AuthPlan): AuthPlan {
  const before = kept?.auth.kind === input?.kind ? kept?.authSecret : undefined;
  switch (input?.kind) {
    case undefined:
      return kept ?? { auth: { kind: 'none' }, authSecret: undefined };
    case 'none':
      return { auth: { kind: 'none' }, authSecret: undefined };
    case 'basic': {
      const auth = { kind: 'basic', username: input.username } as const;
      return { auth, authSecret: sentOrKept(input.password, before, '/auth/password') };
    }
    case 'bearer': {
      const authSecret = sentOrKept(input.token, before, '/auth/token');
      return { auth: { kind: 'bearer' }, authSecret };
    }
    case 'lakeside': {
      const authSecret = sentOrKept(input.secret, before, '/auth/secret');
      return { auth: { kind: 'lakeside' }, authSecret };
    }
    case 'headers':
      return planHeaders(input.headers, before);
    case 'oauth2':
      return planOAuth2(input, kept?.auth, before);
  }
}

function usernameMistakes(username: string): readonly Mistake[] {
  // RFC 7617: the first colon ends the user's name, control characters are not allowed.
  if (/^[^:\p{Cc}]{1,256}$/u.test(username)) return [];
  const message = 'Send 1 to 256 characters without colon and control characters.';
  return [{ pointer: '/auth/username', message }];
}

function passwordMistakes(password: string | undefined): readonly Mistake[] {
  if (password === undefined || /^\P{Cc}{1,256}$/u.test(password)) return [];
  const message = 'Send 1 to 256 characters without control characters.';
  return [{ pointer: '/auth/password', message }];
}

function textMistakes(
  pointer: string,
  text: string | undefined,
  form: RegExp,
  lengths: string,
): readonly Mistake[] {
  if (text === undefined || form.test(text)) return [];
  return [{ pointer, message: `Send ${lengths} visible ASCII characters.` }];
}

function oauth2Mistakes(auth: OAuth2Input): readonly Mistake[] {
  const line = /^[\x20-\x7e]{1,512}$/;
  const visible = /^[\x21-\x7e]{1,512}$/;
  return [
    ...textMistakes('/auth/clientId', auth.clientId, visible, '1 to 512'),
    ...textMistakes('/auth/clientSecret', auth.clientSecret, visible, '1 to 512'),
    ...textMistakes('/auth/scope', auth.scope, line, '1 to 512'),
    ...textMistakes('/auth/audience', auth.audience, line, '1 to 512'),
  ];
}

function sentOrKept(sent: string | undefined, kept: string | undefined, pointer: string): string {
  const secret = sent ?? kept;
  if (secret !== undefined) return secret;
  const message = 'Send it: no secret of this kind is kept for this address.';
  throw new SluiceError('invalid_body', { mistakes: [{ pointer, message }] });
}

/** Names are kept in lower case; a value that is not sent stays as it was under the same name. */
function planHeaders(headers: readonly HeaderInput[], before: string | undefined): AuthPlan {
  const kept = new Map(Object.entries(before === undefined ? {} : headersOf(before)));
  const entries = headers.map(({ name, value }, index): readonly [string, string] => {
    const lower = name.toLowerCase();
    return [lower, sentOrKept(value, kept.get(lower), `/auth/headers/${index}/value`)];
  });
  const names = entries.map(([name]) => name);
  return {
    auth: { kind: 'headers', names },
    authSecret: JSON.stringify(Object.fromEntries(entries)),
  };
}

/** A kept secret goes only to the token URL that it was given for. */
function planOAuth2(
  input: OAuth2Input,
  keptAuth: EndpointAuth | undefined,
  before: string | undefined,
): AuthPlan {
  const { tokenUrl, clientId, clientSecret, scope, audience, sendSecretIn = 'header' } = input;
  const sameServer = keptAuth?.kind === 'oauth2' && keptAuth.tokenUrl === tokenUrl;
  return {
    auth: {
      kind: 'oauth2',
      tokenUrl,
      clientId,
      ...(scope === undefined ? {} : { scope }),
      ...(audience === undefined ? {} : { audience }),
      sendSecretIn,
    },
    authSecret: sentOrKept(clientSecret, sameServer ? before : undefined, '/auth/clientSecret'),
  };
}
