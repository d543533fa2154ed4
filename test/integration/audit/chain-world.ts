import { exportJWK, generateKeyPair } from 'jose';
import type { AuditFacts } from '../../../lib/core/audit/audit-event.ts';
import { createAuditLog } from '../../../lib/core/audit/audit-log.ts';
import type { AuditStore } from '../../../lib/core/audit/audit-store.ts';
import { verifyChain } from '../../../lib/core/audit/verify-chain.ts';
import { createSigner } from '../../../lib/core/signing/signer.ts';
import type { Azurite } from '../../support/azurite.ts';
import { azuriteTable } from '../../support/azurite-table.ts';
import { freshStores, newPrefix } from '../tables/fresh-stores.ts';

/** An audit log over tables of its own, a clock that the test holds, and a way into the table behind it. */
export async function chainWorld(azurite: Azurite, start = '2026-10-05T12:00:00.000Z') {
  const prefix = newPrefix();
  const store = freshStores(azurite.connectionString, prefix).auditRows;
  const time = { now: new Date(start) };
  const clock = () => time.now;
  const signer = await newSigner();
  const open = (over: AuditStore = store) =>
    createAuditLog({ store: over, clock, random: Math.random });
  return {
    prefix,
    store,
    time,
    clock,
    signer,
    /** Another process would have one like this. */
    open,
    audit: open(),
    verify: (chain = 'acme') => verifyChain({ store, signer }, chain),
    table: azuriteTable(azurite, `${prefix}audit`),
  };
}

export type ChainWorld = Awaited<ReturnType<typeof chainWorld>>;

export async function newSigner() {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'audit-test' });
  return createSigner({ get: async () => jwk, find: async () => undefined });
}

export function factsOf(id: string): AuditFacts {
  return {
    action: 'export.start',
    actor: { type: 'key', id: 'A1b2C3d4E5f6', addressPrefix: '203.0.113.0/24' },
    target: { type: 'export', id },
    outcome: { result: 'success' },
    request: { id: `r-${id}`, route: 'createExport' },
  };
}

/** Records so many events one after another, named by their number. */
export async function recordMany({ audit }: ChainWorld, count: number, from = 1): Promise<void> {
  for (let index = 0; index < count; index++) {
    await audit.record('acme', factsOf(String(from + index)));
  }
}

export async function eventsOf(store: AuditStore, chain = 'acme') {
  const found = [];
  for (const month of await store.months(chain)) {
    for await (const { event } of store.list({ chain, month })) if (event) found.push(event);
  }
  return found;
}
