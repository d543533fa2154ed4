import { spawn } from 'node:child_process';

/** A process that answers JSON-RPC on its standard streams, each message after a header with its length. */
export interface JsonRpc {
  /** The result; an answer with an error, a dead process and two minutes of silence are thrown. */
  call(method: string, params: unknown): Promise<unknown>;
  close(): void;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const timeoutMs = 120_000;

/** Starts the command; it lives until `close`. */
export function startJsonRpc(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): JsonRpc {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let ended: Error | undefined;
  let last = 0;

  const end = (problem: Error) => {
    ended ??= problem;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const settle = ({ id, result, error }: Answer) => {
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error.message));
    waiting.delete(id);
  };

  child.on('error', end);
  child.on('close', () => end(new Error(`${command} ended`)));
  child.stdin.on('error', end);
  child.stdout.on('data', messagesTo(settle));
  return {
    async call(method, params) {
      if (ended !== undefined) throw ended;
      const id = ++last;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, answer);
      child.stdin.write(framed({ jsonrpc: '2.0', id, method, params }));
      const timer = setTimeout(() => answer.reject(new Error(`${method} is silent`)), timeoutMs);
      return await answer.promise.finally(() => clearTimeout(timer));
    },
    close: () => void child.stdin.end(),
  };
}

function framed(message: unknown): string {
  const text = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** Takes what arrives in any pieces and hands on each message when it is whole. */
function messagesTo(take: (message: Answer) => void): (piece: Buffer) => void {
  let kept = Buffer.alloc(0);
  return (piece) => {
    kept = Buffer.concat([kept, piece]);
    for (;;) {
      const body = kept.indexOf('\r\n\r\n') + 4;
      const length = Number(/Content-Length: (\d+)/.exec(kept.toString('latin1', 0, body))?.[1]);
      if (body < 4 || kept.length < body + length) return;
      take(JSON.parse(kept.toString('utf8', body, body + length)) as Answer);
      kept = kept.subarray(body + length);
    }
  };
}
