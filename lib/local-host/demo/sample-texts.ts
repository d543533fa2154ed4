import { DatabaseSync } from 'node:sqlite';
import { asString } from '../json.ts';
import { mustHold } from './demo-error.ts';

/** The hardest texts of the sample, straight from the vendor's database, to compare an export with. */
export interface SampleTexts {
  /** Checks one row of the exported table; throws a DemoError when its text is another one. */
  check(columns: readonly string[], record: readonly string[]): void;
  /** How many rows were found equal. */
  readonly equal: number;
}

/** The bodies of a tenant's tickets: quotes, line breaks, emoji, formulas, right-to-left. */
export function readTicketTexts(file: string, tenantId: string): SampleTexts {
  const bodies = queryBodies(file, tenantId);
  let equal = 0;
  return {
    get equal() {
      return equal;
    },
    check(columns, record) {
      const id = record[columns.indexOf('id')] ?? '';
      const body = record[columns.indexOf('body')];
      mustHold(bodies.has(id), `The export has a ticket ${id} that the database has not.`);
      mustHold(bodies.get(id) === body, `The text of ticket ${id} differs from the database's.`);
      // A ticket that came twice would be missing the second time.
      bodies.delete(id);
      equal += 1;
    },
  };
}

function queryBodies(file: string, tenantId: string): Map<string, string | undefined> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare('select id, body from tickets where tenant_id = ?').all(tenantId);
    return new Map(rows.map(({ id, body }) => [String(id), asString(body)]));
  } finally {
    database.close();
  }
}
