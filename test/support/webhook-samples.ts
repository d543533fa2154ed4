import type { Log } from '../../lib/core/log.ts';
import type { Endpoint } from '../../lib/core/webhooks/endpoint.ts';
import type { SecretOpener, SecretSealer } from '../../lib/core/webhooks/endpoint-secrets.ts';
import type { ExportEvent } from '../../lib/core/webhooks/payload.ts';

export const sampleConsentCode = 'c0de'.repeat(8);
export const sampleSigningSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Seals by naming the place, and opens only what was sealed for the very same place. */
export const transparentSealer: SecretSealer & SecretOpener = {
  sealFor: async (...place) => JSON.stringify(place),
  openFor: async (tenantId, recordId, field, sealed) => {
    const [sealedTenant, sealedRecord, sealedField, plain] = JSON.parse(sealed);
    const fits =
      [sealedTenant, sealedRecord, sealedField].join() === [tenantId, recordId, field].join();
    if (!fits) throw new TypeError('sealed for another place');
    return plain;
  },
};

/** An endpoint that listens to everything final, signed only, with its receiver's consent. */
export function sampleEndpoint(change: Partial<Endpoint> = {}): Endpoint {
  const tenantId = change.tenantId ?? 'acme';
  const id = change.id ?? 'endpoint1';
  return {
    tenantId,
    id,
    url: 'https://hooks.example.com/sluice?token=abc',
    events: ['export.completed', 'export.partially_completed', 'export.failed'],
    auth: { kind: 'none' },
    sealedSigningSecret: JSON.stringify([tenantId, id, 'signingSecret', sampleSigningSecret]),
    sealedConsentCode: JSON.stringify([tenantId, id, 'consentCode', sampleConsentCode]),
    createdBy: 'key:k1',
    createdAt: new Date('2026-11-01T00:00:00Z'),
    verifiedAt: new Date('2026-11-01T00:00:01Z'),
    ...change,
  };
}

export function sampleEvent(change: Partial<ExportEvent> = {}): ExportEvent {
  return {
    type: 'export.completed',
    tenantId: 'acme',
    exportId: 'export1',
    attempt: 1,
    at: new Date('2026-11-20T10:00:00Z'),
    status: 'ready',
    requestedAt: new Date('2026-11-20T09:50:00Z'),
    expiresAt: new Date('2026-11-27T10:00:00Z'),
    tables: ['devices', 'users'],
    failedTables: [],
    rows: 1200,
    bytes: 34_567,
    manifestSha256: 'ab'.repeat(32),
    ...change,
  };
}

/** A log whose lines can be read back as text. */
export function recordingLog(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  return {
    lines,
    info: (message, fields) => void lines.push(JSON.stringify({ message, ...fields })),
    warn: (message, fields) => void lines.push(JSON.stringify({ message, ...fields })),
    error: (message, error, fields) =>
      void lines.push(JSON.stringify({ message, error: String(error), ...fields })),
  };
}
