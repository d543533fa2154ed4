import type { AuditDetails } from '../../lib/core/audit/audit-event.ts';

/** What a handler answers; the headers that every answer has are added at the border. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: no body. */
  readonly content?: Content;
  /** For the audit log only; never sent. */
  readonly audit?: AuditNote;
}

/** What only the handler knows of what it did. */
export interface AuditNote {
  readonly targetId?: string;
  readonly details?: AuditDetails;
  /** True: what was asked for did not come about, though the answer is no error. */
  readonly failed?: boolean;
}

/** The same answer with a note for the audit log. */
export function noted(answer: Answer, audit: AuditNote): Answer {
  return { ...answer, audit };
}

/** The answer to a request whose Idempotency-Key was used for the same before: nothing new was made. */
export function replayed(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } };
}

export interface Content {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** How soon it is worth asking again about something that runs. */
export const runningRetryAfterSeconds = 2;

/** An answer in JSON. */
export function json(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const bytes = Buffer.from(JSON.stringify(value));
  return { status, headers, content: { type: 'application/json', bytes } };
}

/** An answer of exactly these bytes. */
export function raw(type: string, bytes: Uint8Array): Answer {
  return { status: 200, headers: {}, content: { type, bytes } };
}

/** Done, and nothing to say. */
export const noContent: Answer = { status: 204, headers: {} };
