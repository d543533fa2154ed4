import { exportJWK, generateKeyPair } from 'jose';
import { createBlobHeadSeals } from '../../../lib/adapters/blobs/blob-head-seals.ts';
import { emulatorAccount } from '../../../lib/adapters/shared/storage-options.ts';
import type { AuditFacts } from '../../../lib/core/audit/audit-event.ts';
import { createAuditLog } from '../../../lib/core/audit/audit-log.ts';
import type { AuditStore } from '../../../lib/core/audit/audit-store.ts';
import type { HeadSealStore } from '../../../lib/core/audit/head-seal.ts';
import { sealHead } from '../../../lib/core/audit/seal-head.ts';
import { type VerifyOrder, verifyChain } from '../../../lib/core/audit/verify-chain.ts';
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
  const seals = prefixed(createBlobHeadSeals(emulatorAccount(azurite.connectionString)), prefix);
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
    seals,
    verify: (chain = 'acme', order: VerifyOrder = {}) =>
      verifyChain({ store, seals, signer }, chain, order),
    seal: (chain = 'acme') =>
      sealHead({ auditRows: store, headSeals: seals, signer, clock }, chain),
    table: azuriteTable(azurite, `${prefix}audit`),
  };
}

/** Worlds of one emulator share its container of seals; each has a folder of its own there. */
function prefixed(store: HeadSealStore, prefix: string): HeadSealStore {
  return {
    newest: (chain) => store.newest(`${prefix}/${chain}`),
    add: (chain, seal) => store.add(`${prefix}/${chain}`, seal),
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
