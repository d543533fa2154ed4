import type { Template } from '../syntax/declaration.ts';
import { isParameterFile } from './program.ts';

/** What a built-in function gives, where that is always the same. */
export type Gives = 'string' | 'int' | 'bool' | 'array' | 'object' | undefined;

/** Fewest and most arguments of a built-in function, and what it gives. */
export type Signature = readonly [fewest: number, most: number, gives?: Gives];

const many = Number.POSITIVE_INFINITY;

/** The functions of the namespaces `sys` and `az` (Bicep 0.49) that templates can call. */
const functions: Readonly<Record<string, Signature>> = {
  any: [1, 1],
  array: [1, 1, 'array'],
  base64: [1, 1, 'string'],
  base64ToJson: [1, 1],
  base64ToString: [1, 1, 'string'],
  bool: [1, 1, 'bool'],
  buildUri: [1, 1, 'string'],
  cidrHost: [2, 2, 'string'],
  cidrSubnet: [3, 3, 'string'],
  concat: [1, many],
  contains: [2, 2, 'bool'],
  dataUri: [1, 1, 'string'],
  dataUriToString: [1, 1, 'string'],
  dateTimeAdd: [2, 3, 'string'],
  dateTimeFromEpoch: [1, 1, 'string'],
  dateTimeToEpoch: [1, 1, 'int'],
  deployer: [0, 0],
  deployment: [0, 0],
  distinct: [1, 1, 'array'],
  empty: [1, 1, 'bool'],
  endsWith: [2, 2, 'bool'],
  environment: [0, 0],
  extensionResourceId: [3, many, 'string'],
  fail: [1, 1],
  filter: [2, 2, 'array'],
  first: [1, 1],
  flatten: [1, 1, 'array'],
  format: [1, many, 'string'],
  groupBy: [2, 3, 'object'],
  guid: [1, many, 'string'],
  indexOf: [2, 2, 'int'],
  int: [1, 1, 'int'],
  intersection: [2, many],
  items: [1, 1, 'array'],
  join: [2, 2, 'string'],
  json: [1, 1],
  last: [1, 1],
  lastIndexOf: [2, 2, 'int'],
  length: [1, 1, 'int'],
  loadDirectoryFileInfo: [1, 2, 'array'],
  loadFileAsBase64: [1, 1, 'string'],
  loadJsonContent: [1, 3],
  loadTextContent: [1, 2, 'string'],
  loadYamlContent: [1, 3],
  managementGroup: [0, 1],
  managementGroupResourceId: [2, many, 'string'],
  map: [2, 2, 'array'],
  mapValues: [2, 2, 'object'],
  max: [1, many, 'int'],
  min: [1, many, 'int'],
  nameof: [1, 1, 'string'],
  newGuid: [0, 0, 'string'],
  objectKeys: [1, 1, 'array'],
  padLeft: [2, 3, 'string'],
  parseCidr: [1, 1, 'object'],
  parseUri: [1, 1, 'object'],
  pickZones: [3, 5, 'array'],
  providers: [1, 2],
  range: [2, 2, 'array'],
  reduce: [3, 3],
  reference: [1, 3],
  replace: [3, 3, 'string'],
  resourceGroup: [0, 2],
  resourceId: [2, many, 'string'],
  roleDefinitions: [1, 1],
  shallowMerge: [1, 1, 'object'],
  skip: [2, 2],
  sort: [2, 2, 'array'],
  split: [2, 2, 'array'],
  startsWith: [2, 2, 'bool'],
  string: [1, 1, 'string'],
  subscription: [0, 1],
  subscriptionResourceId: [2, many, 'string'],
  substring: [2, 3, 'string'],
  take: [2, 2],
  tenant: [0, 0],
  tenantResourceId: [2, many, 'string'],
  toLogicalZone: [3, 3, 'string'],
  toLogicalZones: [3, 3, 'array'],
  toLower: [1, 1, 'string'],
  toObject: [2, 3, 'object'],
  toPhysicalZone: [3, 3, 'string'],
  toPhysicalZones: [3, 3, 'array'],
  toUpper: [1, 1, 'string'],
  trim: [1, 1, 'string'],
  union: [2, many],
  uniqueString: [1, many, 'string'],
  uri: [2, 2, 'string'],
  uriComponent: [1, 1, 'string'],
  uriComponentToString: [1, 1, 'string'],
  utcNow: [0, 1, 'string'],
};

/** Those that parameter files have besides. */
const parameterFunctions: Readonly<Record<string, Signature>> = {
  externalInput: [1, 2],
  getSecret: [3, 4],
  readEnvironmentVariable: [1, 2, 'string'],
};

const lists: Signature = [2, 3];

/** The built-in function of this name in a file of this kind; every `list…` function is one. */
export function builtin(template: Template, name: string): Signature | undefined {
  const special = isParameterFile(template) ? parameterFunctions : {};
  if (Object.hasOwn(special, name)) return special[name];
  if (Object.hasOwn(functions, name)) return functions[name];
  return /^list[A-Z]?\w*$/.test(name) ? lists : undefined;
}

/** The names of all built-in functions, for suggestions. */
export const builtinNames: readonly string[] = Object.keys({ ...functions, ...parameterFunctions });

/** Decorators of the namespace `sys` with the fewest and most arguments that they take. */
export const decoratorArguments: Readonly<Record<string, readonly [number, number]>> = {
  allowed: [1, 1],
  batchSize: [1, 1],
  description: [1, 1],
  discriminator: [1, 1],
  export: [0, 0],
  maxLength: [1, 1],
  maxValue: [1, 1],
  metadata: [1, 1],
  minLength: [1, 1],
  minValue: [1, 1],
  onlyIfNotExists: [0, 0],
  retryOn: [1, 2],
  sealed: [0, 0],
  secure: [0, 0],
};

/** Types that Bicep knows by itself. */
export const builtinTypes: ReadonlySet<string> = new Set([
  'any',
  'array',
  'bool',
  'int',
  'object',
  'secureObject',
  'secureString',
  'string',
]);
