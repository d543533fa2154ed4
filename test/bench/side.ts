/** One way to bring the tenant's table into blob storage. */
export interface Side {
  /** Short and stable; the key in the JSON. */
  readonly name: SideName;
  readonly title: string;
  /** Runs it once, in processes of its own. */
  run(): Promise<Run>;
}

export type SideName = 'sluice' | 'pigz' | 'gzip' | 'rows';

/** What one run left, and how long it took. */
export interface Run {
  readonly wallMs: number;
  readonly container: string;
  /** In the order of the rows. */
  readonly files: readonly RunFile[];
  /** Peak resident memory of the process that did the work, where there is one such process. */
  readonly peakRssBytes?: number;
}

export interface RunFile {
  /** Ends in .gz or .zip. */
  readonly name: string;
  /** Of the stored bytes, as the side itself says. */
  readonly sha256?: string;
}
