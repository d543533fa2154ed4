import { SluiceError } from '../../../core/errors.ts';

/** Rows would be missing, and the count would not know. Says what the operator can declare. */
export function rowsHidden(tableName: string, cause?: unknown): SluiceError {
  return new SluiceError('rows_hidden', {
    message: `Row security at the source would hide rows of the table "${tableName}". Tell the operator.`,
    internal:
      `Table ${tableName}: row security is active for the login, here or on a table under the view, and the ` +
      'catalog does not say so. If its policies read the setting sluice.tenant_id, say "rls": true in ' +
      '"tenant"; if they hide rows on purpose, read a view whose owner sees them all.',
    ...(cause === undefined ? {} : { cause }),
  });
}
