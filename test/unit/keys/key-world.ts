import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AuditFacts } from '../../../lib/core/audit/audit-event.ts';
import type { DeliveryStarter } from '../../../lib/core/exports/starter.ts';
import { createKeyService, type KeyService } from '../../../lib/core/keys/key-service.ts';
import type { KeyServiceDeps } from '../../../lib/core/keys/key-work.ts';
import type { LogFields } from '../../../lib/core/log.ts';
import {
  type OperatorPrincipal,
  ownerScopes,
  type UserPrincipal,
} from '../../../lib/core/principal.ts';
import type { Notice } from '../../../lib/core/webhooks/payload.ts';
import { memoryIdempotencyStore } from '../../support/memory-idempotency-store.ts';
import { changingSecrets, memoryKeys, memoryNotices } from '../../support/memory-keys.ts';
import { stampIn } from '../../support/residency.ts';
import { memoryTenants, tenantOf } from '../sealing/memory.ts';

export const started = new Date('2026-03-01T10:00:00.000Z');

export const operator: OperatorPrincipal = { kind: 'operator', scopes: ['operator'] };

export const owner: UserPrincipal = {
  kind: 'user',
  tenantId: 'acme',
  userId: 'u1',
  role: 'owner',
  scopes: ownerScopes,
};

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly error?: unknown;
  readonly fields?: LogFields | undefined;
}

/** What tenants are told: events of the audit log, notices and the deliveries that were started. */
function toldNews() {
  const events: { readonly chain: string; readonly facts: AuditFacts }[] = [];
  const notices: Notice[] = [];
  const started: string[] = [];
  const seen = new Set<string>();
  const audit: KeyServiceDeps['audit'] = {
    async recordOnce(chain, key, facts) {
      const id = JSON.stringify([chain, ...key]);
      if (!seen.has(id)) events.push({ chain, facts });
      seen.add(id);
    },
  };
  const notifier: KeyServiceDeps['notifier'] = {
    async notify(notice) {
      const isNew = notices.every((other) => !isDeepStrictEqual(other, notice));
      if (isNew) notices.push(notice);
      return [`delivery of ${notice.type} ${notice.subjectId}`];
    },
  };
  const starter: DeliveryStarter = {
    startDelivery: async ({ deliveryId }) => void started.push(deliveryId),
  };
  return { events, notices, started, audit, notifier, starter };
}

/** A key service over memory with a clock that the test holds. */
export function keyWorld({ environment = 'live', otherStamps = {} } = {}) {
  const tenants = memoryTenants([tenantOf('acme'), tenantOf('other')]);
  const secrets = changingSecrets({ 'sluice-key-pepper': randomBytes(32).toString('base64') });
  const stored = memoryKeys();
  const { keyNotices, marks } = memoryNotices();
  const logs: LoggedLine[] = [];
  const log = {
    info: (message: string, fields?: LogFields) => logs.push({ level: 'info', message, fields }),
    warn: (message: string, fields?: LogFields) => logs.push({ level: 'warn', message, fields }),
    error: (message: string, error: unknown, fields?: LogFields) =>
      logs.push({ level: 'error', message, error, fields }),
  };
  let now = started;
  const clock = () => now;
  const { keys } = stored;
  const residency = stampIn('westeurope', tenants.store, otherStamps);
  const idempotency = memoryIdempotencyStore();
  const stores = { keys, keyNotices, idempotency, tenants: tenants.store };
  const news = toldNews();
  const { audit, notifier } = news;
  const deps = { ...stores, secrets, residency, audit, notifier, clock, log, environment };
  return {
    ...stored,
    marks,
    tenants,
    secrets,
    logs,
    news,
    deps,
    clock,
    service: createKeyService(deps),
    /** One more process over the same storage. */
    another: (): KeyService => createKeyService(deps),
    setNow(time: Date) {
      now = time;
    },
    pass(ms: number) {
      now = new Date(now.getTime() + ms);
    },
  };
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
