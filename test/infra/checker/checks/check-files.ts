import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { pathFrom } from '../program/program.ts';
import type { Template } from '../syntax/declaration.ts';
import { type Call, plainText } from '../syntax/expression.ts';
import { expressionsOf } from '../syntax/walk.ts';

const loaders = ['loadFileAsBase64', 'loadJsonContent', 'loadTextContent', 'loadYamlContent'];

/** Finds files that a template loads and that are not there. */
export function* checkFiles(model: Model): Generator<Finding> {
  for (const template of model.program.templates.values()) {
    for (const expression of expressionsOf(template)) {
      if (expression.kind === 'call') yield* checkCall(model, template, expression);
    }
  }
}

function* checkCall({ program }: Model, template: Template, call: Call): Generator<Finding> {
  const { at, callee, arguments: values } = call;
  const path = plainText(values[0]);
  if (callee.kind !== 'name' || !loaders.includes(callee.name)) return;
  if (path === undefined) {
    yield found(at, 'file-missing', `${callee.name} wants a path that the text says.`);
    return;
  }
  const file = pathFrom(template, path);
  if (program.others.has(file) || program.templates.has(file)) return;
  yield found(at, 'file-missing', `there is no file ${file}.`);
}
