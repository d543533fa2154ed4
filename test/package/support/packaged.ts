import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from './checkout.ts';
import { type Inputs, optionsFor, writeInputs } from './inputs.ts';
import { runWell } from './run.ts';
import { unpack } from './unpack.ts';

/** A package as an operator makes it, and the same unpacked. */
export interface Packaged {
  readonly inputs: Inputs;
  readonly zip: string;
  /** Far from any other node_modules. Leave it as it is: the tests share it. */
  readonly app: string;
  /** What the packager printed. */
  readonly output: string;
}

/** Packs the built app and unpacks it; all is removed when it is disposed of. */
export async function packApp(): Promise<Packaged & AsyncDisposable> {
  await using made = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-packaged-'));
  made.defer(() => rm(folder, { recursive: true, force: true }));
  const inputs = await writeInputs(folder);
  const zip = join(folder, 'out', 'sluice.zip');
  const packager = join(checkout, 'infra/package/main.ts');
  const args = [packager, ...optionsFor(inputs), '--out', zip];
  const output = await runWell(process.execPath, args, { cwd: folder });
  const app = join(folder, 'app');
  await mkdir(app);
  await unpack(zip, app);
  const kept = made.move();
  return { inputs, zip, app, output, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
