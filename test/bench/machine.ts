import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** On what was measured; the ratios carry over to other machines, the seconds do not. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly system: string;
  /** Of the minute before the start: above some tenths, somebody else was busy. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    system: `${platform()} ${release()}`,
    loadBefore: loadavg()[0] ?? Number.NaN,
  };
}
