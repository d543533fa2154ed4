import { type CheckedRun, readBack, requireSameRecords } from './check-run.ts';
import type { Run, Side, SideName } from './side.ts';
import type { Stage } from './stage.ts';

export interface Rounds {
  /** Of each side, one per round. */
  readonly runs: ReadonlyMap<SideName, readonly Run[]>;
  /** What each side carried in the first round. */
  readonly checked: ReadonlyMap<SideName, CheckedRun>;
}

/** Runs the sides in turn, and compares what they stored after the first round. */
export async function runRounds(
  stage: Stage,
  sides: readonly Side[],
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Rounds> {
  const runs = new Map<SideName, Run[]>(sides.map(({ name }) => [name, []]));
  const checked = new Map<SideName, CheckedRun>();
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      const run = await side.run();
      runs.get(side.name)?.push(run);
      say(`round ${round} of ${rounds}, ${side.name}: ${(run.wallMs / 1000).toFixed(1)} s`);
      if (round === 1) checked.set(side.name, await readBack(stage, run));
      await stage.blobs.deleteContainer(run.container);
    }
    if (round === 1) requireSameRecords(checked, rows);
  }
  return { runs, checked };
}
