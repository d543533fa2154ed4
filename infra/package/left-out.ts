/** Licences go along with the code that they are for. */
const licence = /(^|\/)(licen[cs]e|notice|copying|copyright\w*)(\.(md|txt|markdown))?$/i;

const leftOut: readonly RegExp[] = [
  // Links to commands, npm's own notes, settings of linters.
  /(^|\/)\./,
  // Node loads none of them; below node_modules it refuses TypeScript.
  /\.(map|[cm]?ts|tsx|md|markdown|html|ya?ml|flow|tsbuildinfo)$/i,
  // Azure's libraries once more, for platforms that Node's resolution never chooses.
  /(^|\/)node_modules\/@(azure|azure-rest|typespec)\/[^/]+\/dist\/(browser|react-native|workerd)\//,
  // Tests, and documentation at the top of a package.
  /\.(test|spec)\.[cm]?js$/,
  /(^|\/)node_modules\/(@[^/]+\/)?[^/@][^/]*\/(tests?|__tests__|docs?|examples?|coverage)\//,
];

/** True for a file of node_modules that Node never loads from there, so that cold starts are not paid for it. */
export function isLeftOut(path: string): boolean {
  return !licence.test(path) && leftOut.some((pattern) => pattern.test(path));
}
