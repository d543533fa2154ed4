import { settings as allSettings, type Setting } from '../../../lib/config/settings.ts';
import { checkAccess } from './checks/check-access.ts';
import { checkCycles } from './checks/check-cycles.ts';
import { checkDeclaredValues } from './checks/check-declared-values.ts';
import { checkDuplicates } from './checks/check-duplicates.ts';
import { checkFiles } from './checks/check-files.ts';
import { checkLoops } from './checks/check-loops.ts';
import { checkModules } from './checks/check-modules.ts';
import { checkParameterFiles } from './checks/check-parameter-files.ts';
import { checkResources } from './checks/check-resources.ts';
import { checkUnused } from './checks/check-unused.ts';
import { type Finding, sorted } from './finding.ts';
import { type Model, modelOf } from './program/model.ts';
import { loadProgram } from './program/program.ts';
import { checkAppSettings } from './rules/app-settings.ts';
import { checkDescriptions } from './rules/descriptions.ts';
import { checkRegions } from './rules/regions.ts';
import { checkRepeatable } from './rules/repeatable.ts';
import { checkRequiredValues } from './rules/required-values.ts';
import { checkRoleAssignments } from './rules/role-assignments.ts';
import { checkSecrets } from './rules/secrets.ts';
import { checkSiteProperties } from './rules/site-properties.ts';
import { checkSitePublishing } from './rules/site-publishing.ts';
import type { SourceTree } from './source-tree.ts';
import { within } from './syntax/walk.ts';

/** What was found, and how much was looked at. */
export interface Checked {
  readonly findings: readonly Finding[];
  readonly files: number;
  readonly resources: number;
  readonly properties: number;
}

/**
 * Checks templates and parameter files as text: whether they can be read, whether every name means
 * something, whether Azure knows every type, property and value, and whether the rules hold.
 */
export function check(tree: SourceTree, settings: readonly Setting[] = allSettings): Checked {
  const program = loadProgram(tree);
  const files = tree.texts.size;
  const nothing = { files, resources: 0, properties: 0 };
  if (program.findings.length > 0) return { findings: sorted(program.findings), ...nothing };
  const model = modelOf(program);
  const cycles = [...checkCycles(model)];
  if (cycles.length > 0) return { findings: sorted([...model.findings, ...cycles]), ...nothing };
  return {
    findings: sorted([...model.findings, ...checks(model), ...rules(model, settings)]),
    files,
    resources: model.resources.length,
    properties: propertiesIn(model),
  };
}

function* checks(model: Model): Generator<Finding> {
  yield* checkResources(model);
  yield* checkModules(model);
  yield* checkParameterFiles(model);
  yield* checkDeclaredValues(model);
  yield* checkAccess(model);
  yield* checkLoops(model);
  yield* checkDuplicates(model);
  yield* checkFiles(model);
  yield* checkUnused(model);
}

function* rules(model: Model, settings: readonly Setting[]): Generator<Finding> {
  yield* checkRequiredValues(model);
  yield* checkSitePublishing(model);
  yield* checkSiteProperties(model);
  yield* checkRoleAssignments(model);
  yield* checkRepeatable(model);
  yield* checkRegions(model);
  yield* checkDescriptions(model);
  yield* checkSecrets(model);
  yield* checkAppSettings(model, settings);
}

function propertiesIn({ resources }: Model): number {
  const objects = resources
    .filter(({ outer }) => outer === undefined)
    .flatMap(({ declaration }) => [...within(declaration.body)]);
  return objects.reduce(
    (count, one) => count + (one.kind === 'object' ? one.properties.length : 0),
    0,
  );
}
