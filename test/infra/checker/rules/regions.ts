import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { isParameterFile } from '../program/program.ts';
import { plainText, propertyOf } from '../syntax/expression.ts';
import { expressionsOf } from '../syntax/walk.ts';

/** Azure's public regions in short; directions and numbers around them make the rest. */
const places =
  'africa|asia|australia|austria|belgium|brazil|canada|chile|china|denmark|europe|finland|france|' +
  'germany|greece|india|indonesia|israel|italy|japan|korea|malaysia|mexico|newzealand|norway|' +
  'poland|qatar|singapore|southafrica|spain|sweden|switzerland|taiwan|uae|uk|us';
const directions = 'north|south|east|west|central|southeast|southcentral|northcentral|westcentral';
const region = new RegExp(
  `\\b(?:(?:${directions})(?:${places})|(?:${places})(?:${directions}))[23]?\\b`,
  'i',
);

/** Finds templates that say a region, so that a stamp elsewhere would be made there too. */
export function* checkRegions(model: Model): Generator<Finding> {
  for (const template of model.program.templates.values()) {
    if (isParameterFile(template)) continue;
    for (const expression of expressionsOf(template)) {
      if (expression.kind !== 'text') continue;
      const words = expression.parts.filter((part) => typeof part === 'string').join(' ');
      const name = region.exec(words)?.[0];
      if (name !== undefined) yield found(expression.at, 'region-literal', `${name} is a region.`);
    }
  }
  for (const { declaration } of model.resources) {
    const location = propertyOf(declaration.body, 'location');
    const text = plainText(location?.value);
    if (location === undefined || text === undefined || text === 'global') continue;
    yield found(location.at, 'region-literal', `the location ${text} must be a parameter.`);
  }
}
