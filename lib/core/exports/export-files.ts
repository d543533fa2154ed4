/** The files of exports: one container per export, and nothing else in it. */
export interface ExportFiles {
  /** Makes the container if it is not there. */
  create(exportId: string): Promise<void>;
  /** Uploads one block; invisible until `commitBlocks`. Staging the same block again replaces it. */
  stageBlock(
    file: FileRef,
    blockIndex: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<void>;
  /** Makes the file of blocks 0 to count-1, replacing one of the same name in one step. */
  commitBlocks(
    file: FileRef,
    blockCount: number,
    facts: FileFacts,
    signal: AbortSignal,
  ): Promise<void>;
  /** Writes a small file in one step, replacing one of the same name. */
  put(file: FileRef, bytes: Uint8Array, facts: FileFacts): Promise<void>;
  /** The bytes of a small file, or undefined. */
  get(file: FileRef): Promise<Uint8Array | undefined>;
  /** What is known of one file, or undefined. */
  find(file: FileRef): Promise<StoredFile | undefined>;
  /** Committed files; empty when the container is not there. */
  list(exportId: string): Promise<readonly StoredFile[]>;
  /** Removing what is not there is fine. */
  remove(file: FileRef): Promise<void>;
  /** Deletes the container with everything in it, committed or not; links to it are dead from then on. */
  removeAll(exportId: string): Promise<void>;
  exists(exportId: string): Promise<boolean>;
}

export interface FileRef {
  readonly exportId: string;
  readonly name: string;
}

export interface FileFacts {
  readonly contentType: string;
  /** Of the file's bytes, hex; kept with the file, so that reconciling can compare it. */
  readonly sha256: string;
}

export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string | undefined;
}
