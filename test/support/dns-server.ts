import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What a name server says: records, a response code, or nothing. */
export type DnsAnswer = readonly Buffer[] | 'SERVFAIL' | 'NXDOMAIN' | 'silence';

export interface DnsServer extends AsyncDisposable {
  /** For a resolver's `setServers`. */
  readonly server: string;
  /** The names and types asked for so far. */
  readonly questions: readonly string[];
}

const responseCodes = { SERVFAIL: 2, NXDOMAIN: 3 } as const;
const headerBytes = 12;

/** A name server on 127.0.0.1 that says the same of every name; records are raw A and AAAA data. */
export async function startDnsServer(says: {
  readonly a: DnsAnswer;
  readonly aaaa: DnsAnswer;
}): Promise<DnsServer> {
  const questions: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, type, endBytes } = questionOf(query);
    questions.push(`${type} ${name}`);
    const answer = type === 'AAAA' ? says.aaaa : says.a;
    if (answer !== 'silence') socket.send(reply(query.subarray(0, endBytes), answer), from.port);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    server: `127.0.0.1:${socket.address().port}`,
    questions,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function questionOf(query: Buffer) {
  const labels: string[] = [];
  let at = headerBytes;
  // Each label takes at least one byte, so the query's own end bounds this.
  while (at < query.length && query.readUInt8(at) !== 0) {
    const length = query.readUInt8(at);
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1) === 28 ? 'AAAA' : 'A';
  return { name: labels.join('.'), type, endBytes: at + 5 } as const;
}

/** RFC 1035 §4.1: the question again, with the answers behind it. */
function reply(question: Buffer, answer: Exclude<DnsAnswer, 'silence'>): Buffer {
  const records = typeof answer === 'string' ? [] : answer;
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | (typeof answer === 'string' ? responseCodes[answer] : 0), 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  return Buffer.concat([head, ...records.map(record)]);
}

function record(data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | headerBytes, 0);
  head.writeUInt16BE(data.length === 16 ? 28 : 1, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
