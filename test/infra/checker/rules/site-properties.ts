import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { eitherFields } from '../values/fields.ts';
import { possibleFields } from '../values/possible.ts';
import { fieldAt, made } from './field-at.ts';

/** Properties that Flex Consumption has no use for; Azure ignores some and refuses others. */
const forbidden: ReadonlySet<string> = new Set([
  'alwaysOn',
  'ftpsState',
  'functionAppScaleLimit',
  'linuxFxVersion',
  'preWarmedInstanceCount',
  'use32BitWorkerProcess',
]);

const isForbidden = (name: string) => forbidden.has(name) || /^vnet\w*Enabled$/.test(name);

const places = [
  ['Microsoft.Web/sites', 'properties'],
  ['Microsoft.Web/sites', 'properties.siteConfig'],
  ['Microsoft.Web/sites/config', 'properties'],
] as const;

/** Finds properties of apps that must not be set on Flex Consumption. */
export function* checkSiteProperties(model: Model): Generator<Finding> {
  for (const [type, path] of places) {
    for (const { declaration } of made(model, type)) {
      const { values } = fieldAt(model, declaration.body, path);
      const { fields } = eitherFields(values.map((value) => possibleFields(model, value)));
      for (const [name, field] of fields) {
        if (!isForbidden(name)) continue;
        const at = field.values[0]?.at ?? declaration.at;
        yield found(at, 'site-property-forbidden', `${name} must not be set on Flex Consumption.`);
      }
    }
  }
}
