import { readdirSync, readFileSync } from 'node:fs';
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
  readonly needs?: string;
  readonly env?: Readonly<Record<string, string>>;
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
    expect(textOf(file)).not.toMatch(/\$\{\{[^}]*\bsecrets\b/);
    expect(workflowOf(file).permissions).toEqual({});
    for (const { permissions } of jobsOf(file)) expect(permissions?.['contents']).toBe('read');
  });

  test('runs only npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...textOf(file).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(
      ([, name]) => name ?? '',
    );
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

test('every job that asks for a token of Azure is bound to an environment of the stamp', () => {
  const asking = files.flatMap(jobsOf).filter(({ permissions }) => permissions?.['id-token']);
  const stamp = '$' + '{{ inputs.stamp }}';
  expect(asking.map(({ environment }) => environment)).toEqual([`${stamp}-plan`, stamp]);
});

describe('the workflow that deploys', () => {
  const { plan, deploy } = workflowOf('deploy.yml').jobs;
  const scriptOf = (job: Job | undefined) => (job?.steps ?? []).map(({ run = '' }) => run);
  const placeIn = (job: Job | undefined, text: string) =>
    scriptOf(job).findIndex((script) => script.includes(text));

  test('shows what would change before anybody approves, and deploys the package that was shown', () => {
    expect(deploy?.needs).toBe('plan');
    expect(placeIn(plan, 'what-if')).toBeGreaterThan(0);
    expect(scriptOf(plan).join()).toContain('GITHUB_STEP_SUMMARY');
    expect(scriptOf(plan).join()).not.toMatch(/deployment group create|config-zip/);
    expect(placeIn(deploy, 'npm run package')).toBe(-1);
    expect(deploy?.steps.some(({ uses }) => uses?.startsWith('actions/download-artifact@'))).toBe(
      true,
    );
  });

  test('makes the secrets before it waits, so that a first run can end well', () => {
    const order = ['deployment group create', 'secrets -- create', 'config-zip', 'health/ready'];
    const places = order.map((text) => placeIn(deploy, text));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places[0]).toBeGreaterThan(0);
  });

  test('takes any stamp that has parameters, and gives each what it cannot do without', () => {
    const inputs = /stamp:\n(?:.*\n)*?\s+type: (\w+)/.exec(textOf('deploy.yml'))?.[1];
    expect(inputs).toBe('string');
    expect(scriptOf(plan)[1]).toContain('-f "$PARAMETERS"');
    const wanted = readdirSync(join(root, 'infra'))
      .filter((name) => name.endsWith('.bicepparam'))
      .map((name) => readFileSync(join(root, 'infra', name), 'utf8'))
      .flatMap((text) => [...text.matchAll(/readEnvironmentVariable\('(\w+)'\)/g)])
      .map(([, name = '']) => name);
    expect(new Set(wanted).size).toBe(5);
    for (const { env } of [plan, deploy].filter((job) => job !== undefined)) {
      expect(wanted.filter((name) => env?.[name] === undefined)).toEqual([]);
    }
  });
});

test('no address of an example is deployed', () => {
  const paths = ['infra', '.github/workflows'].flatMap((place) =>
    readdirSync(join(root, place))
      .filter((name) => /\.(bicepparam|yml)$/.test(name))
      .map((name) => join(root, place, name)),
  );
  const examples = /example\.(com|org|net)|\b(192\.0\.2|198\.51\.100|203\.0\.113)\./;
  expect(paths.filter((path) => examples.test(readFileSync(path, 'utf8')))).toEqual([]);
});
