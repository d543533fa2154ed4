import { createHash } from 'node:crypto';
import { type Carried, RecordDigest } from './record-digest.ts';
import type { Run, RunFile } from './side.ts';
import type { Stage } from './stage.ts';
import { unpack } from './unpack.ts';

export interface CheckedRun extends Carried {
  readonly storedBytes: number;
  readonly files: number;
}

/** Reads back what a run stored; throws when a file is not what the side itself said it is. */
export async function readBack(stage: Stage, run: Run): Promise<CheckedRun> {
  const digest = new RecordDigest();
  let storedBytes = 0;
  for (const file of run.files) {
    digest.beginFile();
    storedBytes += await readFile(stage, run.container, file, digest);
  }
  return { ...digest.result(), storedBytes, files: run.files.length };
}

async function readFile(
  stage: Stage,
  container: string,
  file: RunFile,
  digest: RecordDigest,
): Promise<number> {
  const blob = stage.blobs.getContainerClient(container).getBlobClient(file.name);
  const { readableStreamBody } = await blob.download(0, undefined, { abortSignal: stage.signal });
  if (readableStreamBody === undefined) throw new TypeError('A download came without a body.');
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted(body: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
    for await (const piece of body) {
      const chunk = Buffer.from(piece);
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await unpack(file.name, counted(readableStreamBody), (plain) => digest.add(plain));
  const sha256 = hash.digest('hex');
  if (file.sha256 !== undefined && file.sha256 !== sha256) {
    throw new Error(`${container}/${file.name} has SHA-256 ${sha256}, not ${file.sha256}.`);
  }
  return bytes;
}

/** Throws, naming both, when a side carried other records than the first one or than there are. */
export function requireSameRecords(checked: ReadonlyMap<string, CheckedRun>, rows: number): void {
  const [first] = checked;
  if (first === undefined) throw new TypeError('There is nothing to compare.');
  for (const [name, { records, sha256 }] of checked) {
    if (records !== rows)
      throw new Error(`WRONG DATA: ${name} carried ${records} of ${rows} rows.`);
    if (sha256 !== first[1].sha256) {
      throw new Error(`WRONG DATA: the records of ${name} are not those of ${first[0]}.`);
    }
  }
}
