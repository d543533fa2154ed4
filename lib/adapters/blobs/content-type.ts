const contentTypes: readonly (readonly [ending: string, contentType: string])[] = [
  ['.csv', 'text/csv; charset=utf-8'],
  ['.gz', 'application/gzip'],
  ['.zst', 'application/zstd'],
  ['.json', 'application/json'],
  ['.jws', 'application/jose'],
];

/** The type a file of an export is downloaded with, by the end of its name. */
export function contentTypeOfFile(fileName: string): string {
  const found = contentTypes.find(([ending]) => fileName.endsWith(ending));
  return found?.[1] ?? 'application/octet-stream';
}
