import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = readdirSync(folder);

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
const workflowOf = (file: string) => parse(textOf(file)) as Workflow;
const jobsOf = (file: string) => Object.values(workflowOf(file).jobs);

/** GitHub's own parser: what it refuses, GitHub refuses. */
async function mistakesOf(name: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

describe.each(files)('S39 the workflow %s', (file) => {
  test('is read by GitHub’s own parser without a mistake', async () => {
    expect(await mistakesOf(file, textOf(file))).toEqual([]);
  });

  test('takes every action by the SHA of a commit, with the version beside it', () => {
    const uses = textOf(file)
      .split('\n')
      .filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    const loose = uses.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/.test(line));
    expect(loose).toEqual([]);
  });

  test('has no secret, and no right beyond those a job names', () => {
    expect(textOf(file)).not.toMatch(/secrets\s*[.[]/);
    expect(workflowOf(file).permissions).toEqual({});
    for (const { permissions } of jobsOf(file)) expect(permissions?.['contents']).toBe('read');
  });

  test('runs only npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...textOf(file).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('puts nothing that somebody typed into the text of a script', () => {
    const scripts = jobsOf(file).flatMap(({ steps }) => steps.map(({ run }) => run ?? ''));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });
});

test('GitHub’s parser does refuse a broken workflow', async () => {
  const broken = textOf('check.yml').replace('steps:', 'stepz:');
  expect(await mistakesOf('broken.yml', broken)).not.toEqual([]);
});

test('only the job that deploys may ask for a token of Azure, and it is bound to an environment', () => {
  const asking = files.flatMap(jobsOf).filter(({ permissions }) => permissions?.['id-token']);
  expect(asking.map(({ environment }) => environment)).toEqual(['$' + '{{ inputs.stamp }}']);
});

test('every stamp that can be chosen has its parameters', () => {
  const stamps = /options:\n((?:\s+- .+\n)+)/.exec(textOf('deploy.yml'))?.[1] ?? '';
  const names = [...stamps.matchAll(/- (.+)/g)].map(([, name]) => name ?? '');
  const paths = names.map((name) => (name === 'dev' ? 'main' : `main.${name}`));
  expect(names).toContain('prod-westeurope');
  for (const path of paths) expect(existsSync(join(root, `infra/${path}.bicepparam`))).toBe(true);
});
