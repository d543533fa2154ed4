import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface AzdProject {
  readonly infra: { readonly provider: string; readonly path: string; readonly module: string };
  readonly services: Readonly<Record<string, AzdService>>;
}

interface AzdService {
  readonly host: string;
  readonly project: string;
  readonly dist: string;
  readonly remoteBuild: boolean;
  readonly hooks: { readonly prepackage: Readonly<Record<string, { readonly run: string }>> };
}

const { infra, services } = parse(read('azure.yaml')) as AzdProject;

test('azd finds the template and its parameters', () => {
  expect(infra.provider).toBe('bicep');
  for (const ending of ['bicep', 'bicepparam']) {
    expect(existsSync(join(root, infra.path, `${infra.module}.${ending}`))).toBe(true);
  }
});

test('azd deploys what `npm run package` made, to the app that carries the service’s name', () => {
  const [[name, service] = []] = Object.entries(services);
  expect(service).toMatchObject({ host: 'function', project: '.', remoteBuild: false });
  expect(read('infra/modules/function-app.bicep')).toContain(`'azd-service-name': '${name}'`);
  expect(read('infra/package/unpacked-folder.ts')).toContain(`'${service?.dist}'`);
});

test('the package is made before azd takes it, on every system', () => {
  const { scripts } = JSON.parse(read('package.json')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const runs = Object.values(services['api']?.hooks.prepackage ?? {}).map(({ run }) => run);
  expect(runs).toEqual(['npm run package', 'npm run package']);
  expect(scripts['package']).toContain('infra/package/main.ts');
});

test('azd’s mark is on every resource, so that it finds them again', () => {
  expect(read('infra/main.bicepparam')).toContain("'azd-env-name': readEnvironmentVariable");
});
