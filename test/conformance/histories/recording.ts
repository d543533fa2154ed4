import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../../../lib/local-host/durable/events.ts';

/** Where recordings are kept: a folder for each version, in it one for each scenario. */
export const recordingsFolder = join(import.meta.dirname, '../../fixtures/histories');

/** What is known of a recorded instance besides its history. */
export interface RecordedInstance {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly parentId: string | null;
  readonly input: unknown;
  /** All that its orchestrator had asked for in the end, inputs and retry settings included. */
  readonly actions: readonly unknown[];
}

/** One instance: the first line of its file, and the history that the other lines are. */
export interface Recording {
  /** Below the folder of recordings, e.g. `1.0/complete/export.jsonl`. */
  readonly file: string;
  readonly instance: RecordedInstance;
  readonly history: readonly HistoryEvent[];
}

/** Every recording there is, of all versions. */
export function readRecordings(): readonly Recording[] {
  const files = globSync('*/*/*.jsonl', { cwd: recordingsFolder });
  return files.toSorted().map((file) => {
    const text = readFileSync(join(recordingsFolder, file), 'utf8');
    const [first = '', ...lines] = text.trimEnd().split('\n');
    return { file, instance: JSON.parse(first), history: lines.map((line) => JSON.parse(line)) };
  });
}
