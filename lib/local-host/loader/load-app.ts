import { existsSync, globSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HostError, toError } from '../host-error.ts';
import { asString, type JsonRecord } from '../json.ts';
import { readJsonFile } from '../settings/host-json.ts';
import { CoreApi } from './core-api.ts';
import { supplyCoreModule } from './intercept.ts';

/**
 * Loads the `main` of an app's package.json (a file or a glob) and returns what it registered. Load errors are fatal.
 * Library and app keep their registrations in module scope, so a thread can do this once.
 */
export async function loadApp(appDirectory: string): Promise<CoreApi> {
  const directory = realpathSync(appDirectory);
  const core = new CoreApi();
  supplyCoreModule(core.toModule());
  const manifest = readJsonFile(join(directory, 'package.json'));
  for (const file of entryFiles(directory, manifest)) await loadFile(file, manifest);
  if (core.model === undefined) {
    throw new HostError(
      `${directory} registered no function. Is "main" in its package.json right?`,
    );
  }
  await runAppStart(core, directory);
  return core;
}

function entryFiles(directory: string, manifest: JsonRecord): readonly string[] {
  const main = asString(manifest['main']);
  if (main === undefined) throw new HostError(`${directory}/package.json has no "main".`);
  const plain = resolve(directory, main);
  const files = existsSync(plain)
    ? [plain]
    : globSync(main, { cwd: directory }).map((file) => resolve(directory, file));
  if (files.length === 0) {
    throw new HostError(
      `"main": "${main}" matches no file in ${directory}. Has the app been built?`,
    );
  }
  return files.toSorted();
}

async function loadFile(file: string, manifest: JsonRecord): Promise<void> {
  try {
    if (isModule(file, manifest)) await import(pathToFileURL(file).href);
    else createRequire(file)(file);
  } catch (error) {
    throw new HostError(
      `Worker was unable to load entry point "${file}": ${toError(error).message}`,
      {
        cause: error,
      },
    );
  }
}

function isModule(file: string, manifest: JsonRecord): boolean {
  const extension = extname(file);
  if (extension === '.mjs' || extension === '.mts') return true;
  return manifest['type'] === 'module' && extension !== '.cjs';
}

async function runAppStart(core: CoreApi, functionAppDirectory: string): Promise<void> {
  const context = { hookData: {}, appHookData: {}, functionAppDirectory };
  for (const hook of core.hooks('appStart')) await hook(context);
  await core.model?.getCapabilities({});
  core.lock();
}
