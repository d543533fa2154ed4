import type { Setting } from '../../../../lib/config/settings.ts';
import { type Finding, found, type Place } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { suggestion } from '../suggest.ts';
import { plainText } from '../syntax/expression.ts';
import { eitherFields, type Fields } from '../values/fields.ts';
import { possibleFields } from '../values/possible.ts';
import { fieldAt, literalOf, made } from './field-at.ts';
import { forbiddenSettings } from './forbidden-settings.ts';

/** How the host reaches its storage by identity; without a value any will do. */
const hostStorage: Readonly<Record<string, string | undefined>> = {
  AzureWebJobsStorage__blobServiceUri: undefined,
  AzureWebJobsStorage__queueServiceUri: undefined,
  AzureWebJobsStorage__tableServiceUri: undefined,
  AzureWebJobsStorage__credential: 'managedidentity',
  AzureWebJobsStorage__clientId: undefined,
};

/** Finds settings that the app reads and the templates do not set, and the other way round. */
export function* checkAppSettings(model: Model, settings: readonly Setting[]): Generator<Finding> {
  const places = made(model, 'Microsoft.Web/sites/config').filter(({ declaration }) =>
    fieldAt(model, declaration.body, 'name').values.some((one) => plainText(one) === 'appsettings'),
  );
  for (const { declaration } of made(model, 'Microsoft.Web/sites')) {
    if (places.length === 0) {
      yield found(declaration.at, 'setting-missing', 'no sites/config appsettings sets any.');
    }
    const inSite = fieldAt(model, declaration.body, 'properties.siteConfig.appSettings').values[0];
    if (inSite !== undefined) {
      yield found(inSite.at, 'setting-forbidden', 'sites/config appsettings is the one place.');
    }
  }
  for (const { declaration } of places) {
    const { values } = fieldAt(model, declaration.body, 'properties');
    const fields = eitherFields(values.map((value) => possibleFields(model, value)));
    yield* checkFields(declaration.at, fields, settings);
  }
}

function* checkFields(at: Place, fields: Fields, settings: readonly Setting[]): Generator<Finding> {
  if (!fields.complete) {
    yield found(at, 'setting-unreadable', 'the names of the settings must be seen in the text.');
  }
  yield* missing(at, fields, settings);
  yield* notWanted(at, fields, settings);
  yield* checkHostStorage(at, fields);
}

function* missing(at: Place, { fields }: Fields, settings: readonly Setting[]): Generator<Finding> {
  for (const { name, required, byPlatform } of settings) {
    const field = fields.get(name);
    if (byPlatform === true || field?.always === true) continue;
    if (field === undefined) yield found(at, 'setting-missing', `${name} is not set.`);
    else if (required) yield found(at, 'setting-missing', `${name} is not set in every case.`);
  }
}

function* notWanted(
  at: Place,
  { fields }: Fields,
  settings: readonly Setting[],
): Generator<Finding> {
  const known = settings.filter(({ byPlatform }) => byPlatform !== true).map(({ name }) => name);
  const byPlatform = new Set(settings.filter((one) => one.byPlatform).map(({ name }) => name));
  for (const [name, { values }] of fields) {
    const place = values[0]?.at ?? at;
    if (forbiddenSettings.has(name) || byPlatform.has(name)) {
      yield found(place, 'setting-forbidden', `${name} must not be set on Flex Consumption.`);
    }
    if (!name.startsWith('SLUICE_') || known.includes(name)) continue;
    yield found(place, 'setting-unknown', `the app reads no ${name}.${suggestion(name, known)}`);
  }
}

function* checkHostStorage(at: Place, { fields }: Fields): Generator<Finding> {
  for (const [name, wanted] of Object.entries(hostStorage)) {
    const field = fields.get(name);
    if (field?.always !== true)
      yield found(at, 'host-storage', `${name} is not set in every case.`);
    const wrong = field?.values.find(
      (value) => wanted !== undefined && literalOf(value) !== wanted,
    );
    if (wrong !== undefined) yield found(wrong.at, 'host-storage', `${name} must be ${wanted}.`);
  }
}
