import { readFile } from 'node:fs/promises';
import { redact } from './format.ts';

/** The end of a log file with links and keys cut; nothing when there is no such file. */
export async function lastLines(path: string, count: number): Promise<readonly string[]> {
  try {
    const text = await readFile(path, 'utf8');
    return redact(text).trimEnd().split('\n').slice(-count);
  } catch {
    // The host was never started.
    return [];
  }
}
