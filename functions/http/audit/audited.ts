import { randomUUID } from 'node:crypto';
import {
  type AuditFacts,
  type AuditResult,
  actorOf,
  chainOf,
} from '../../../lib/core/audit/audit-event.ts';
import { asSluiceError, SluiceError } from '../../../lib/core/errors.ts';
import type { Principal } from '../../../lib/core/principal.ts';
import { addressPrefix } from '../../../lib/core/throttle/address-prefix.ts';
import type { Services } from '../../services.ts';
import type { Answer, AuditNote } from '../answer.ts';
import { countFailedCall } from '../few-failures.ts';
import type { RequestFacts } from '../request-facts.ts';
import type { Route, RouteAudit } from '../route.ts';

export interface AuditedCall {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly request: RequestFacts;
  readonly principal: Principal;
  readonly services: Services;
}

/**
 * Runs a route's handler under its entry in the audit log. An act begins after its first event is stored
 * and is answered after its second one is; data is given out after its event is. Throws
 * `audit_unavailable` when one cannot be stored.
 */
export async function audited(
  route: Pick<Route, 'name' | 'audit'>,
  call: AuditedCall,
  handle: () => Promise<Answer>,
): Promise<Answer> {
  const rule = route.audit;
  if (rule === undefined) return handle();
  const trail = { route, rule, call, facts: factsOf(route.name, rule, call) };
  if (rule.kind === 'act') await record(trail, 'attempted');
  const answer = await handle().catch((error: unknown) => fail(trail, asSluiceError(error)));
  await recordAnswer(trail, answer);
  return answer;
}

interface Trail {
  readonly route: Pick<Route, 'name'>;
  readonly rule: RouteAudit;
  readonly call: AuditedCall;
  readonly facts: Omit<AuditFacts, 'outcome'>;
}

function factsOf(route: string, rule: RouteAudit, call: AuditedCall): Trail['facts'] {
  const { request, principal } = call;
  const fields = Object.keys(call.body ?? {});
  return {
    action: rule.action,
    actor: actorOf(principal, addressPrefix(request.callerAddress)),
    ...targetOf(rule, call, undefined),
    request: { id: request.requestId, route, act: randomUUID() },
    ...(fields.length === 0 ? {} : { details: { fields } }),
  };
}

function targetOf(
  { target }: RouteAudit,
  { params }: AuditedCall,
  madeId: string | undefined,
): Pick<AuditFacts, 'target'> {
  const id = target?.param === undefined ? madeId : params[target.param];
  return target === undefined || id === undefined ? {} : { target: { type: target.type, id } };
}

async function record(
  { call, facts }: Trail,
  result: AuditResult,
  reason?: SluiceError,
): Promise<void> {
  const outcome = { result, ...(reason === undefined ? {} : { reason: reason.code }) };
  await call.services.audit.record(chainOf(call.principal), { ...facts, outcome });
}

/** A read that fails gives nothing out, so only its refusal is an event: a client may ask again and again. */
async function fail(trail: Trail, error: SluiceError): Promise<never> {
  const isDenied = error.code === 'forbidden';
  if (trail.rule.kind === 'read' && !isDenied) throw error;
  const { principal, services } = trail.call;
  if (principal.kind !== 'operator') countFailedCall(services, trail.route, principal);
  try {
    await record(trail, isDenied ? 'denied' : 'failure', error);
  } catch (auditError) {
    const { requestId } = trail.call.request;
    trail.call.services.log.error('an act failed and its outcome was not logged', error, {
      requestId,
      action: trail.rule.action,
    });
    throw unlogged(trail, auditError);
  }
  throw error;
}

async function recordAnswer(trail: Trail, answer: Answer): Promise<void> {
  const { rule, call, facts } = trail;
  const note = answer.audit ?? {};
  const target = targetOf(rule, call, note.targetId ?? madeIdOf(answer));
  const event = {
    ...facts,
    ...target,
    ...detailsOf(facts, note),
    outcome: { result: note.failed === true ? ('failure' as const) : ('success' as const) },
  };
  try {
    for (const chain of chainsOf(trail, target.target?.id)) {
      await call.services.audit.record(chain, event);
    }
  } catch (error) {
    throw unlogged(trail, error);
  }
}

function detailsOf({ details }: Trail['facts'], note: AuditNote): Pick<AuditFacts, 'details'> {
  if (details === undefined && note.details === undefined) return {};
  return { details: { ...details, ...note.details } };
}

/** What was made is where `Location` leads (RFC 9110, 10.2.2). */
function madeIdOf({ headers }: Answer): string | undefined {
  return headers['location']?.split('/').at(-1);
}

/** A tenant sees in its own log what the operator did about it. */
function chainsOf({ rule, call }: Trail, targetId: string | undefined): readonly string[] {
  const own = chainOf(call.principal);
  if (call.principal.kind !== 'operator') return [own];
  const named = rule.tenantParam === undefined ? undefined : call.params[rule.tenantParam];
  const tenant = named ?? (rule.target?.type === 'tenant' ? targetId : undefined);
  return tenant === undefined ? [own] : [own, tenant];
}

/** The first event of an act stands, and whoever reads the log sees that its end is missing. */
function unlogged({ rule }: Trail, cause: unknown): SluiceError {
  if (rule.kind === 'read') return asSluiceError(cause);
  return new SluiceError('audit_unavailable', {
    message:
      'The outcome could not be logged. It may have been done: look before you ask for it again.',
    internal: `The outcome of ${rule.action} could not be logged: ${asSluiceError(cause).internal ?? ''}`,
    cause,
  });
}
