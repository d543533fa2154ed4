import { SluiceError } from '../../../core/errors.ts';
import { limits } from '../../../core/limits.ts';

/** A row, or one value of it, is over the limit that keeps memory flat. */
export function rowTooLarge(table: string): SluiceError {
  const mebibytes = limits.rowBytesMax / 1024 / 1024;
  return new SluiceError('row_too_large', {
    message: `The table "${table}" has a row of more than ${mebibytes} MiB, which is more than can be exported. Leave its large column out, or tell the operator.`,
    internal: `Table ${table}: a row or a value is over ${mebibytes} MiB; offer a view without it, or with a link to it.`,
  });
}
