import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { unpackedFolder } from '../../infra/package/unpacked-folder.ts';
import { copyCheckout } from './support/checkout.ts';
import { filesBelow } from './support/files-below.ts';
import { optionsFor } from './support/inputs.ts';
import { runWell } from './support/run.ts';

const { zip, app, inputs, output } = inject('packaged');

test('S39 npm run package in another checkout, time zone and umask gives the same bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-again-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const copy = join(folder, 'some', 'other checkout');
  await copyCheckout(copy);
  const { catalog, ...others } = inputs;
  const command = ['npm', 'run', 'package', '--', ...optionsFor(others)];
  await runWell('sh', ['-c', 'umask 077; exec "$@"', 'sh', ...command], {
    cwd: copy,
    env: {
      ...{ TZ: 'Pacific/Kiritimati', TMPDIR: folder, LC_ALL: 'C', NODE_ENV: 'production' },
      SLUICE_PACKAGE_CATALOG: catalog,
    },
  });

  const place = join(copy, '.sluice/package');
  const { version } = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8'));
  const name = `sluice-${version}.zip`;
  expect((await readdir(place)).toSorted()).toEqual(['app', name, `${name}.sha256`]);
  const [bytes, again] = await Promise.all([readFile(zip), readFile(join(place, name))]);
  expect(again.equals(bytes)).toBe(true);

  const unpacked = join(copy, unpackedFolder);
  expect(filesBelow(unpacked)).toEqual(filesBelow(app));
  const different = filesBelow(app).filter(
    (path) => !readFileSync(join(unpacked, path)).equals(readFileSync(join(app, path))),
  );
  expect(different).toEqual([]);
});

test('the SHA-256 is printed, and beside the zip as sha256sum reads it', async () => {
  const sha256 = createHash('sha256')
    .update(await readFile(zip))
    .digest('hex');
  expect(await readFile(`${zip}.sha256`, 'utf8')).toBe(`${sha256}  sluice.zip\n`);
  expect(output).toContain(sha256);
});
