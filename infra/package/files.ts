/** What a zip holds: bytes by path, with `/` between folders and none in front. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** The bytes of all of them, uncompressed. */
export function bytesOf(files: Files): number {
  return [...files.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0);
}
