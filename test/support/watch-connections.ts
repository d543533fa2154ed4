import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const channel = 'net.client.socket';

export interface ConnectionWatch extends Disposable {
  /** Connections that this process has begun since the watch began. */
  readonly count: number;
}

/** Counts every attempt of this process to connect by TCP, whoever makes it. */
export function watchConnections(): ConnectionWatch {
  let count = 0;
  const onSocket = (): void => {
    count += 1;
  };
  subscribe(channel, onSocket);
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]: () => void unsubscribe(channel, onSocket),
  };
}
