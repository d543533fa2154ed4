import { DatabaseSync } from 'node:sqlite';

/** A program of the vendor's own: runs statements on the file that its argument names, as it is told. */
const database = new DatabaseSync(process.argv[2] ?? '', { timeout: 120_000 });
process.on('message', (sql: string) => {
  try {
    database.exec(sql);
    process.send?.({ ok: true });
  } catch (error) {
    process.send?.({ ok: false, message: String(error) });
  }
});
process.on('disconnect', () => process.exit());
