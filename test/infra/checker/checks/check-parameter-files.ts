import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { isParameterFile, pathFrom } from '../program/program.ts';
import { declarationsOf, type Template } from '../syntax/declaration.ts';
import type { ObjectExpression } from '../syntax/expression.ts';
import { checkValue } from '../types/check-value.ts';
import { parametersShape } from '../types/declared-type.ts';

/** Finds parameter files whose values are not those that their template wants. */
export function* checkParameterFiles(model: Model): Generator<Finding> {
  for (const template of model.program.templates.values()) {
    if (isParameterFile(template)) yield* checkParameterFile(model, template);
  }
}

function* checkParameterFile(model: Model, file: Template): Generator<Finding> {
  const { using } = file;
  if (using === undefined) {
    yield found({ file: file.file, line: 1 }, 'file-missing', 'the file uses no template.');
    return;
  }
  const target = model.program.templates.get(pathFrom(file, using.path));
  if (target === undefined)
    yield found(using, 'file-missing', `${using.path} is no template here.`);
  else yield* checkValue(valuesOf(file), { model, type: parametersShape(model, target) });
}

/** The parameters that a file gives, as the object that a module would be given. */
function valuesOf(file: Template): ObjectExpression {
  const given = declarationsOf(file, 'param').flatMap(({ at, name, value }) =>
    value === undefined ? [] : [{ at, key: name, value }],
  );
  const at = { file: file.file, line: file.using?.line ?? 1 };
  return { kind: 'object', at, properties: given, resources: [] };
}
