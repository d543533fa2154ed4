/**
 * The one JSON text of a value (RFC 8785): names sorted by UTF-16 units, no blanks, numbers and texts as
 * ECMAScript writes them. What is undefined is left out. Throws TypeError for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  return canonicalScalar(value);
}

function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, held]) => held !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, held]) => `${canonicalScalar(name)}:${canonicalJson(held)}`);
  return `{${members.join(',')}}`;
}

function canonicalScalar(value: unknown): string {
  const isPlain = value === null || typeof value === 'boolean' || Number.isFinite(value);
  if (!isPlain && !(typeof value === 'string' && value.isWellFormed())) {
    throw new TypeError('This value has no canonical JSON.');
  }
  return JSON.stringify(value);
}
