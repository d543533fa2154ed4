import type { ProblemAnswer } from '../../lib/api/problem.ts';
import { type ErrorCode, errorTable, type Mistake, SluiceError } from '../../lib/core/errors.ts';
import { limits } from '../../lib/core/limits.ts';
import type { Answer } from './answer.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

const retryAfterSecondsDefault = 5;

/** The answer to an error (RFC 9457): its text for the caller, nothing of its insides. */
export function problemOf(error: SluiceError, requestId: string): Answer {
  const { status, title } = errorTable[error.code];
  const headers = {
    ...challenge(error.code),
    ...retryAfter(status, error.retryAfterSeconds),
    ...(error.rateLimit === undefined ? {} : rateLimitHeaders(error.rateLimit)),
  };
  const facts = { code: error.code, title, status, detail: error.message };
  return problemAnswer({ ...facts, requestId, id: error.createdId }, headers, error.mistakes);
}

/** A known path with a method that it does not have; `Allow` names those it has (RFC 9110, 15.5.6). */
export function methodNotAllowed(allowed: readonly string[], requestId: string): Answer {
  const allow = allowed.join(', ');
  const answer = problemOf(
    new SluiceError('method_not_allowed', { message: `Use ${allow}.` }),
    requestId,
  );
  return { ...answer, headers: { ...answer.headers, allow } };
}

function problemAnswer(
  facts: Omit<ProblemAnswer, 'type' | 'errors'>,
  headers: Readonly<Record<string, string>>,
  mistakes: readonly Mistake[],
): Answer {
  const { title, status, detail, code, requestId, id } = facts;
  const type = `/problems/${code}`;
  const errors = mistakes.map(({ pointer, message }) => ({ pointer, message }));
  const problem: ProblemAnswer = { type, title, status, detail, code, requestId, id };
  const body = errors.length === 0 ? problem : { ...problem, errors };
  const bytes = Buffer.from(JSON.stringify(body));
  return { status, headers, content: { type: 'application/problem+json', bytes } };
}

/** RFC 6750; for a sign-in that is too old RFC 9470, which tells a client to ask for one with `max_age`. */
const freshSignIn = `Bearer error="insufficient_user_authentication", error_description="A more recent sign-in is needed", max_age="${limits.freshSignInMinutes * 60}"`;

function challenge(code: ErrorCode): Readonly<Record<string, string>> {
  if (errorTable[code].status !== 401) return {};
  return { 'www-authenticate': code === 'fresh_sign_in_needed' ? freshSignIn : 'Bearer' };
}

function retryAfter(status: number, seconds: number | undefined): Readonly<Record<string, string>> {
  const isPassing = status === 503 || status === 429;
  if (!isPassing && seconds === undefined) return {};
  return { 'retry-after': String(Math.ceil(seconds ?? retryAfterSecondsDefault)) };
}
