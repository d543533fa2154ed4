import { type Finding, found } from '../finding.ts';
import { type Model, targetOf } from '../program/model.ts';
import { declarationsOf, type Module, type Template } from '../syntax/declaration.ts';
import { type ObjectExpression, propertyOf } from '../syntax/expression.ts';
import { checkValue } from '../types/check-value.ts';
import { parametersShape } from '../types/declared-type.ts';
import { any, anyArray, optional, type Shape, string } from '../types/type.ts';

/** Finds modules whose file is missing and parameters that its template does not want so. */
export function* checkModules(model: Model): Generator<Finding> {
  for (const template of model.program.templates.values()) {
    for (const module of declarationsOf(template, 'module')) {
      yield* checkModule(model, template, module);
    }
  }
}

function* checkModule(model: Model, template: Template, module: Module): Generator<Finding> {
  yield* checkValue(module.body, { model, type: bodyShape });
  const target = targetOf(model, template, module);
  if (target === undefined) {
    yield found(module.at, 'file-missing', `${module.path} is no template here.`);
    return;
  }
  const given = propertyOf(module.body, 'params')?.value ?? noParameters(module.body);
  yield* checkValue(given, { model, type: parametersShape(model, target) });
}

const bodyShape: Shape = {
  kind: 'object',
  label: 'a module',
  members: 'property',
  properties: new Map([
    ['name', optional(string)],
    ['params', optional(any)],
    ['scope', optional(any)],
    ['dependsOn', optional(anyArray)],
  ]),
};

const noParameters = ({ at }: ObjectExpression): ObjectExpression => ({
  kind: 'object',
  at,
  properties: [],
  resources: [],
});
