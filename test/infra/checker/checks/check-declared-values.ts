import type { Finding } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { isParameterFile } from '../program/program.ts';
import { declarationsOf } from '../syntax/declaration.ts';
import { checkValue } from '../types/check-value.ts';
import { declaredType, parameterType } from '../types/declared-type.ts';
import { nothing, oneOf } from '../types/type.ts';

/** Finds defaults and outputs that are not of the type that stands before them. */
export function* checkDeclaredValues(model: Model): Generator<Finding> {
  for (const template of model.program.templates.values()) {
    if (isParameterFile(template)) continue;
    for (const parameter of declarationsOf(template, 'param')) {
      const type = oneOf([parameterType(model, parameter), nothing]);
      if (parameter.value !== undefined) yield* checkValue(parameter.value, { model, type });
    }
    for (const { type, value } of declarationsOf(template, 'output')) {
      yield* checkValue(value, { model, type: declaredType(model, type) });
    }
  }
}
