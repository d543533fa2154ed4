import { request } from 'node:http';

/** An answer with its headers, without those that every answer has its own of. */
interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ownHeaders: readonly string[] = ['date', 'server'];

/** Sends a request with exactly the given headers, so that no client's habits come into an echo of them. */
export async function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<HttpAnswer> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers, setDefaultHeaders: false, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const kept = Object.entries(response.headers)
            .filter(([name]) => !ownHeaders.includes(name))
            .map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join(', ') : (value ?? ''),
            ]);
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(kept),
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
