import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import type { ErrorCode } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import type { Row } from '../../../core/sources/source.ts';

/** What a reader process is asked; each question is asked when the one before is answered. */
export interface Questions {
  /** Opens the file and fixes the moment; comes first, and once before each `close`. */
  readonly open: { readonly ask: OpenQuestion; readonly answer: { readonly takenAt: Date } };
  readonly describe: { readonly ask: CatalogTable; readonly answer: readonly Column[] };
  readonly count: { readonly ask: CatalogTable; readonly answer: number };
  /** Begins to read; the rows come with `next`. */
  readonly stream: { readonly ask: StreamQuestion; readonly answer: undefined };
  /** Closes the file; `open` may come again, for anybody. */
  readonly close: { readonly ask: undefined; readonly answer: undefined };
  readonly next: { readonly ask: undefined; readonly answer: RowBatch };
}

export interface OpenQuestion {
  readonly file: string;
  readonly tenantSourceId: string;
  /** The source's name in the catalog, for the log. */
  readonly source: string;
}

export interface StreamQuestion {
  readonly table: CatalogTable;
  readonly columns: readonly string[];
}

export interface RowBatch {
  readonly rows: readonly Row[];
  /** With the last batch: how many values of each chosen column were of another kind than its type. */
  readonly otherKinds?: readonly number[];
}

export type QuestionKind = keyof Questions;

export interface Question<K extends QuestionKind = QuestionKind> {
  readonly kind: K;
  readonly ask: Questions[K]['ask'];
}

/** Errors cross the border between processes as their texts; the cause stays behind. */
export type Reply =
  | { readonly ok: true; readonly answer: Questions[QuestionKind]['answer'] }
  | { readonly ok: false; readonly failure: ReplyFailure };

export interface ReplyFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly internal?: string;
}
