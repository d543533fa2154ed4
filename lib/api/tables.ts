import { z } from 'zod';
import { failure } from './problem.ts';

const column = z.strictObject({
  name: z.string(),
  type: z.enum([
    'text',
    'integer',
    'decimal',
    'float',
    'boolean',
    'date',
    'time',
    'timestamp',
    'interval',
    'uuid',
    'bytes',
    'json',
    'array',
  ]),
  /** The type's name in the source, for example `numeric(10,2)`. */
  sourceType: z.string(),
  nullable: z.boolean(),
  /** True when the column belongs to the table's key. */
  key: z.boolean(),
});

const table = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  /** Absent when the source would not tell; `error` then says why. */
  columns: z.array(column).optional(),
  error: failure.optional(),
});

/** The catalog as the caller sees it, with everything that is left out on purpose. */
export const tablesAnswer = z.strictObject({
  tables: z.array(table),
  excluded: z.array(z.strictObject({ table: z.string(), reason: z.string() })),
});

export type TablesAnswer = z.infer<typeof tablesAnswer>;
export type TableAnswer = z.infer<typeof table>;
