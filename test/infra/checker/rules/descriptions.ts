import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { isParameterFile } from '../program/program.ts';
import { exportsOf } from '../program/symbols.ts';
import { declarationsOf, type Parameter, type Template } from '../syntax/declaration.ts';
import { descriptionOf } from '../syntax/decorator.ts';
import { isRequired } from '../types/declared-type.ts';

/** Finds parameters, outputs and exports that no full sentence describes. */
export function* checkDescriptions({ program }: Model): Generator<Finding> {
  for (const template of program.templates.values()) {
    if (isParameterFile(template)) continue;
    for (const declaration of describedIn(template)) {
      const text = descriptionOf(declaration);
      const { at, kind, name } = declaration;
      if (text === undefined) yield found(at, 'description', `the ${kind} ${name} has none.`);
      else if (!text.trimEnd().endsWith('.')) {
        yield found(at, 'description', `that of the ${kind} ${name} must end with a full stop.`);
      }
    }
    for (const parameter of declarationsOf(template, 'param')) yield* checkFirstWord(parameter);
  }
}

function describedIn(template: Template) {
  return [
    ...declarationsOf(template, 'param'),
    ...declarationsOf(template, 'output'),
    ...exportsOf(template),
  ];
}

/** `Required.`, or `Optional.` or `Conditional.`, as the parameter can be left out or not. */
function* checkFirstWord(parameter: Parameter): Generator<Finding> {
  const text = descriptionOf(parameter);
  const words = isRequired(parameter) ? ['Required.'] : ['Optional.', 'Conditional.'];
  if (text === undefined || words.some((word) => text.startsWith(`${word} `))) return;
  const message = `that of the param ${parameter.name} must start with ${words.join(' or ')}`;
  yield found(parameter.at, 'description', message);
}
