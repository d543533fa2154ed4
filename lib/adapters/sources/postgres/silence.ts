import type { Client } from 'pg';

/** How long a server may say nothing while somebody waits for it, and who is asked then. */
export interface Silence {
  readonly checkMs: number;
  /** True when nothing will come any more; asked after each `checkMs`. */
  readonly isLost: () => Promise<boolean>;
}

/** Looks after a wait until it is told to stop; `onLost` is called at most once. */
export function guardSilence({ checkMs, isLost }: Silence, onLost: () => void): () => void {
  let isOver = false;
  const check = async () => {
    const lost = await isLost();
    if (isOver) return;
    if (lost) onLost();
    else timer = setTimeout(check, checkMs);
  };
  let timer = setTimeout(check, checkMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** A server's process, so that no other one can be mistaken for it. */
export interface Backend {
  readonly pid: number;
  /** When the server started, as text: a process of another server, or of its next life, is not meant. */
  readonly serverStart: string;
}

/**
 * Asks the server on a second connection whether the process still works on its statement. A long query
 * says nothing for hours and is fine; a process that is gone, idle, or that waits for us to take what
 * never arrived is not. Where the server cannot be asked nothing is known, and false is answered: a dead
 * host is found by TCP's keepalive within half a minute anyway.
 */
export async function isBackendLost(
  openClient: () => Client,
  { pid, serverStart }: Backend,
): Promise<boolean> {
  const client = openClient();
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ is_same: boolean; is_working: boolean }>(
      `select pg_postmaster_start_time()::text = $2 as is_same,
              exists (select from pg_stat_activity where pid = $1 and state = 'active'
                      and wait_event is distinct from 'ClientWrite') as is_working`,
      [pid, serverStart],
    );
    return rows[0]?.is_same === true && !rows[0].is_working;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
