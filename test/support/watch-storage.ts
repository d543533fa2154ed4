import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

const channel = 'http.client.request.start';

export interface StorageWatch extends Disposable {
  /** Each call since the watch began or was last read, as `GET exportParts` or `HEAD exp-1/manifest.json`. */
  take(): readonly string[];
}

/**
 * Notes every call of this process to the storage emulator, whoever makes it: cost is counted in calls,
 * because time says nothing on a machine that does other things too. Making a table is left out, which
 * happens once in a process.
 */
export function watchStorage(): StorageWatch {
  let calls: string[] = [];
  const onStart = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    const path = decodeURIComponent(request.path.split('?')[0] ?? '');
    if (!path.startsWith('/devstoreaccount1/') || path.endsWith('/Tables')) return;
    const what = path.replace('/devstoreaccount1/', '').replace(/\(.*/, '');
    calls.push(`${request.method} ${what}`);
  };
  subscribe(channel, onStart);
  return {
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
    [Symbol.dispose]: () => void unsubscribe(channel, onStart),
  };
}
