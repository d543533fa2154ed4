import type { LogFields } from '../log.ts';

/**
 * The closed list of what a check can find. `missing`, `malformed`: a secret that is not there, or no
 * good. `forbidden`: the identity lacks a role. `unreachable`: no answer, or not in time. `failed`:
 * anything else, which the log tells.
 */
export type Problem = 'missing' | 'malformed' | 'forbidden' | 'unreachable' | 'failed';

/** What one look at a neighbour gave, as anybody may read it: no secret, no address, no name of a source. */
export interface Check {
  readonly name: string;
  /** False: the app serves without it, though not everything. */
  readonly required: boolean;
  readonly ok: boolean;
  readonly problem?: Problem;
}

/** A way to look at one neighbour. */
export interface Probe {
  readonly name: string;
  readonly required: boolean;
  /** Undefined when all is well. What it throws is a finding too. */
  run(): Promise<Finding | undefined>;
}

export interface Finding {
  readonly problem: Problem;
  /** For the log. */
  readonly error: unknown;
  /** For the log; what the public answer must not name. */
  readonly facts?: LogFields;
}
