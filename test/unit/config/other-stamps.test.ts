import { expect, test } from 'vitest';
import { loadConfig } from '../../../lib/config/config.ts';
import { settings } from '../../../lib/config/settings.ts';

const local = Object.fromEntries(
  settings.flatMap(({ name, local: value }) => (value === undefined ? [] : [[name, value]])),
);
const own = { SLUICE_ENVIRONMENT: 'weu', SLUICE_REGION: 'westeurope' };
const load = (stamps: unknown) =>
  loadConfig({
    ...local,
    ...own,
    SLUICE_OTHER_STAMPS: typeof stamps === 'string' ? stamps : JSON.stringify(stamps),
  });

function mistakesOf(stamps: unknown): unknown {
  try {
    return load(stamps).otherStamps;
  } catch (error) {
    return (error as { mistakes?: unknown }).mistakes;
  }
}

const north = { region: 'northeurope', url: 'https://north.example.com' };

test('K4 the other stamps are known by the environment in their keys, with their origin', () => {
  const usa = { region: 'eastus', url: 'https://USA.example.com:8443/' };
  expect(load({ neu: north, usa }).otherStamps).toEqual(
    new Map([
      ['neu', north],
      ['usa', { region: 'eastus', url: 'https://usa.example.com:8443' }],
    ]),
  );
  expect(load('').otherStamps).toEqual(new Map());
});

test.each([
  ['{', [expect.stringMatching(/^SLUICE_OTHER_STAMPS is not valid JSON: /)]],
  [[north], ['SLUICE_OTHER_STAMPS must be a JSON object']],
  ['7', ['SLUICE_OTHER_STAMPS must be a JSON object']],
  [
    { Neu: north, constructor: north, neu2: north },
    ['Neu', 'constructor', 'neu2'].map(
      (name) => `SLUICE_OTHER_STAMPS.${name} must be 2 to 8 lower-case letters`,
    ),
  ],
  [
    { neu: 'https://north.example.com', usa: {}, fra: { ...north, key: 'x' } },
    [
      'SLUICE_OTHER_STAMPS.neu must be an object with region and url, and nothing else',
      'SLUICE_OTHER_STAMPS.usa.region is missing; set for example westeurope',
      'SLUICE_OTHER_STAMPS.usa.url is missing; set for example https://north.example.com',
      'SLUICE_OTHER_STAMPS.fra must be an object with region and url, and nothing else',
    ],
  ],
  [
    { neu: { ...north, region: 'North Europe' } },
    ['SLUICE_OTHER_STAMPS.neu.region must be 2 to 40 lower-case letters, digits or dashes'],
  ],
  [{ weu: north }, ['SLUICE_OTHER_STAMPS.weu is this stamp itself']],
  [
    { neu: { ...north, region: 'westeurope' } },
    ['SLUICE_OTHER_STAMPS.neu has the region of another stamp'],
  ],
  [{ neu: north, nor: north }, ['SLUICE_OTHER_STAMPS.nor has the region of another stamp']],
])('K4 a mistake among the other stamps is named with its place: %j', (stamps, mistakes) => {
  expect(mistakesOf(stamps)).toEqual(mistakes);
});

test.each([
  'http://north.example.com',
  'north.example.com',
  'https://north.example.com/api',
  'https://north.example.com/?a',
  'https://north.example.com/#a',
  'https://user@north.example.com',
  'https://:pw@north.example.com',
])('K4 the address of a stamp is an https origin: not %s', (url) => {
  expect(mistakesOf({ neu: { ...north, url } })).toEqual([
    'SLUICE_OTHER_STAMPS.neu.url must be an https address without a path',
  ]);
});
