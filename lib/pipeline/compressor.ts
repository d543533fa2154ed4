/** Takes a file's bytes piece by piece and hands on what is to be stored. */
export interface Compressor {
  /** The bytes may be reused as soon as this is done. */
  write(bytes: Uint8Array): Promise<void>;
  /** Hands on the rest; the file is complete then. */
  end(): Promise<void>;
  /** Lets go of a file that is not finished; nothing is handed on afterwards. */
  abandon(): Promise<void>;
}

/** Takes the next stored bytes, which may be reused as soon as it is done. */
export type Emit = (bytes: Uint8Array) => Promise<void>;
