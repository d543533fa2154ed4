import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { declarationsOf } from '../syntax/declaration.ts';
import { expressionsOf } from '../syntax/walk.ts';
import { isCallOf } from '../values/possible.ts';

/** Finds what would make a second deployment of the same templates change something. */
export function* checkRepeatable({ program }: Model): Generator<Finding> {
  for (const template of program.templates.values()) {
    for (const expression of expressionsOf(template)) {
      for (const name of ['newGuid', 'utcNow']) {
        if (!isCallOf(expression, name)) continue;
        yield found(expression.at, 'deploy-twice', `${name}() differs at every deployment.`);
      }
    }
    for (const { at, path } of declarationsOf(template, 'module')) {
      if (!/^(br|ts)[:/]/.test(path)) continue;
      yield found(
        at,
        'module-registry',
        `${path} must be fetched before the template can be read.`,
      );
    }
  }
}
