const packageFile = /^(.*node_modules\/(?:@[^/]+\/)?[^/@][^/]*)\/package\.json$/;

/** The folders of packages among these files, as package-lock.json writes them. */
export function packageFolders(files: readonly string[]): readonly string[] {
  return files.flatMap((path) => packageFile.exec(path)?.[1] ?? []);
}
