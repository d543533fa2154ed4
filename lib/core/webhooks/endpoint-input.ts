import { type Mistake, SluiceError } from '../errors.ts';
import { authMistakes, type EndpointAuthInput } from './auth-input.ts';
import {
  defaultEventTypes,
  type SignFirst,
  type WebhookEventType,
  webhookEventTypes,
} from './endpoint.ts';
import { isSigningSecret } from './signature.ts';

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

/** What a caller sends to change one; what is absent stays. */
export interface EndpointChange {
  readonly url?: string | undefined;
  readonly events?: readonly WebhookEventType[] | undefined;
  /**
   * A secret that is absent stays, if the kind of authentication and the URL do; a URL that is new
   * needs it sent again, unless it only signs.
   */
  readonly auth?: EndpointAuthInput | undefined;
  /** Which of the two signatures comes first while a secret is being changed. */
  readonly signFirst?: SignFirst | undefined;
}

/** Throws `invalid_body` with every mistake at once; URLs have rules of their own. */
export function requireEndpointInput(
  input: Pick<EndpointInput, 'events' | 'secret' | 'auth'>,
): void {
  const { events, secret, auth } = input;
  const mistakes = [...eventMistakes(events), ...secretMistakes(secret), ...authMistakes(auth)];
  if (mistakes.length > 0) throw new SluiceError('invalid_body', { mistakes });
}

/** The chosen events without repetitions, or the default ones. */
export function eventsOf(
  events: readonly WebhookEventType[] | undefined,
): readonly WebhookEventType[] {
  return [...new Set(events ?? defaultEventTypes)];
}

function eventMistakes(events: EndpointInput['events']): readonly Mistake[] {
  if (events === undefined) return [];
  const known = events.length > 0 && events.every((type) => webhookEventTypes.includes(type));
  const message = `Name at least one of ${webhookEventTypes.join(', ')}.`;
  return known ? [] : [{ pointer: '/events', message }];
}

function secretMistakes(secret: string | undefined): readonly Mistake[] {
  if (secret === undefined || isSigningSecret(secret)) return [];
  const message = 'Send "whsec_" and the base64 of 24 to 64 random bytes, or leave it out.';
  return [{ pointer: '/secret', message }];
}
