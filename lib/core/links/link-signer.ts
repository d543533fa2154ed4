/** Makes read-only, time-bound links (SAS). What it returns opens files: never log or store it. */
export interface LinkSigner {
  /** A link to one file. */
  signFile(exportId: string, fileName: string, window: LinkWindow): Promise<string>;
  /** One token for every file of the export (Lakeside's shape); `list` is not granted. */
  signExport(exportId: string, window: LinkWindow): Promise<ContainerToken>;
}

export interface LinkWindow {
  readonly from: Date;
  readonly until: Date;
  /** `a.b.c.d` or `a.b.c.d-e.f.g.h`. */
  readonly ip?: string;
  /** A GUID that the storage's own log repeats at each use, where the storage can (the ledger's link id). */
  readonly correlationId?: string;
}

export interface ContainerToken {
  /** Ends in a slash; a file's URL is `baseUrl + name + sasToken`. */
  readonly baseUrl: string;
  /** Begins with `?`. */
  readonly sasToken: string;
}
