import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs of the shell sides that are not on the PATH. */
export function missingTools(all: boolean): readonly string[] {
  const needed = ['bash', 'psql', 'pigz', 'curl', 'sha256sum', ...(all ? ['gzip'] : [])];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return needed.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
}

/** Says what to install. */
export function missingToolsMessage(missing: readonly string[]): string {
  return `The benchmark compares with a shell pipeline and needs: ${missing.join(', ')}.
On Debian or Ubuntu: apt-get install -y postgresql-client pigz curl coreutils gzip bash`;
}
