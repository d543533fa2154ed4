/** A name for SQL. SQLite may read an unknown name in double quotes as a text, so look each up first. */
export function escapeName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
