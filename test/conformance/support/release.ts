import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface HostJson {
  readonly extensions: { readonly durableTask: object };
}

/**
 * Another release of an app: a folder of its own below `parent` with the app's code, linked, and its host.json
 * with some keys of `durableTask` changed; undefined removes a key.
 */
export function makeRelease(app: string, parent: string, durableTask: object): string {
  const folder = mkdtempSync(join(parent, 'release-'));
  const manifest = readFileSync(join(app, 'package.json'), 'utf8');
  writeFileSync(join(folder, 'package.json'), manifest);
  const [code = ''] = (JSON.parse(manifest) as { readonly main: string }).main.split('/');
  symlinkSync(join(app, code), join(folder, code));
  const host: HostJson = JSON.parse(readFileSync(join(app, 'host.json'), 'utf8'));
  const changed = { ...host.extensions.durableTask, ...durableTask };
  const extensions = { ...host.extensions, durableTask: changed };
  writeFileSync(join(folder, 'host.json'), JSON.stringify({ ...host, extensions }));
  return folder;
}
