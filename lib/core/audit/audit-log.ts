import { createHash, randomUUID } from 'node:crypto';
import { asSluiceError, SluiceError } from '../errors.ts';
import type { AuditFacts } from './audit-event.ts';
import { type AuditDraft, ChainWriter, type ChainWriterDeps } from './chain-writer.ts';

/** Where everything that matters is noted down. Both throw `audit_unavailable` when it cannot be. */
export interface AuditLog {
  /** Resolves when the event is stored. The chain is a tenant's id or `operatorChain`. */
  record(chain: string, facts: AuditFacts): Promise<void>;
  /** The same for what may be noted down twice, such as by a step that runs again: `key` names the event. */
  recordOnce(chain: string, key: readonly (string | number)[], facts: AuditFacts): Promise<void>;
}

/** A writer keeps the position of its chain, which saves a read; this many are kept. */
const writersMax = 2_000;

/** An audit log over the store; events of one chain that arrive together are written together. */
export function createAuditLog(deps: ChainWriterDeps): AuditLog {
  const writers = new Map<string, ChainWriter>();
  const writerOf = (chain: string): ChainWriter => {
    const writer = writers.get(chain) ?? new ChainWriter(deps, chain);
    // Put last again: the map's order is the order of use.
    writers.delete(chain);
    writers.set(chain, writer);
    forgetIdle(writers);
    return writer;
  };
  const write = async (chain: string, draft: AuditDraft) => {
    try {
      await writerOf(chain).write(draft);
    } catch (error) {
      throw unavailable(error);
    }
  };
  return {
    record: (chain, facts) => write(chain, { id: randomUUID(), once: false, facts }),
    recordOnce: (chain, key, facts) => write(chain, { id: idOf(chain, key), once: true, facts }),
  };
}

function forgetIdle(writers: Map<string, ChainWriter>): void {
  if (writers.size <= writersMax) return;
  const idle = [...writers].find(([, writer]) => writer.isIdle);
  if (idle !== undefined) writers.delete(idle[0]);
}

/** 32 characters of `[0-9a-f]`. */
function idOf(chain: string, key: readonly (string | number)[]): string {
  return createHash('sha256')
    .update(JSON.stringify([chain, ...key]))
    .digest('hex')
    .slice(0, 32);
}

function unavailable(error: unknown): SluiceError {
  const { code, internal } = asSluiceError(error);
  if (code === 'audit_unavailable') return asSluiceError(error);
  return new SluiceError('audit_unavailable', {
    message: 'Nothing is done that cannot be logged, and the audit log does not answer. Try again.',
    internal: `An audit event could not be written: ${code}, ${internal ?? 'no more is known'}`,
    cause: error,
  });
}
