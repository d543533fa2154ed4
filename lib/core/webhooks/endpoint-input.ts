import { type Mistake, SluiceError } from '../errors.ts';
import {
  defaultEventTypes,
  type EndpointAuth,
  type WebhookEventType,
  webhookEventTypes,
} from './endpoint.ts';
import type { EndpointSecrets } from './endpoint-secrets.ts';
import { isSigningSecret, newSigningSecret } from './signature.ts';

/** What a caller sends to make an endpoint. */
export interface EndpointInput {
  readonly url: string;
  /** Absent: `defaultEventTypes`. */
  readonly events?: readonly WebhookEventType[] | undefined;
  /** Absent: the signature only. */
  readonly auth?: EndpointAuthInput | undefined;
  /** A signing secret that the caller brings: `whsec_` and base64 of 24 to 64 bytes. */
  readonly secret?: string | undefined;
}

export type EndpointAuthInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** 24 to 256 visible ASCII characters; used as they are, as the key of the HMAC. */
  | { readonly kind: 'lakeside'; readonly secret: string };

/** The input with every default filled in. */
export interface EndpointPlan extends EndpointSecrets {
  readonly events: readonly WebhookEventType[];
  readonly auth: EndpointAuth;
}

/** Throws `invalid_body` with every mistake at once; the URL has rules of its own. */
export function planEndpoint(input: EndpointInput): EndpointPlan {
  const mistakes = [...eventMistakes(input), ...secretMistakes(input), ...authMistakes(input.auth)];
  if (mistakes.length > 0) throw new SluiceError('invalid_body', { mistakes });
  const authSecret = authSecretOf(input.auth);
  return {
    events: [...new Set(input.events ?? defaultEventTypes)],
    auth: authOf(input.auth),
    signingSecret: input.secret ?? newSigningSecret(),
    ...(authSecret === undefined ? {} : { authSecret }),
  };
}

function eventMistakes({ events }: EndpointInput): readonly Mistake[] {
  if (events === undefined) return [];
  const known = events.length > 0 && events.every((type) => webhookEventTypes.includes(type));
  const message = `Name at least one of ${webhookEventTypes.join(', ')}.`;
  return known ? [] : [{ pointer: '/events', message }];
}

function secretMistakes({ secret }: EndpointInput): readonly Mistake[] {
  if (secret === undefined || isSigningSecret(secret)) return [];
  const message = 'Send "whsec_" and the base64 of 24 to 64 random bytes, or leave it out.';
  return [{ pointer: '/secret', message }];
}

function authMistakes(auth: EndpointAuthInput | undefined): readonly Mistake[] {
  if (auth?.kind === 'basic') return basicMistakes(auth.username, auth.password);
  if (auth?.kind !== 'lakeside' || /^[\x21-\x7e]{24,256}$/.test(auth.secret)) return [];
  const message = 'Send 24 to 256 visible ASCII characters.';
  return [{ pointer: '/auth/secret', message }];
}

function basicMistakes(username: string, password: string): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  // RFC 7617: the first colon ends the user's name, control characters are not allowed.
  if (!/^[^:\p{Cc}]{1,256}$/u.test(username)) {
    const message = 'Send 1 to 256 characters without colon and control characters.';
    mistakes.push({ pointer: '/auth/username', message });
  }
  if (!/^\P{Cc}{1,256}$/u.test(password)) {
    const message = 'Send 1 to 256 characters without control characters.';
    mistakes.push({ pointer: '/auth/password', message });
  }
  return mistakes;
}

function authOf(auth: EndpointAuthInput | undefined): EndpointAuth {
  if (auth === undefined) return { kind: 'none' };
  return auth.kind === 'basic' ? { kind: 'basic', username: auth.username } : { kind: auth.kind };
}

function authSecretOf(auth: EndpointAuthInput | undefined): string | undefined {
  if (auth === undefined || auth.kind === 'none') return undefined;
  return auth.kind === 'basic' ? auth.password : auth.secret;
}
