import { join, resolve } from 'node:path';
import type { FaultSettings } from './faults.ts';
import type { HostLog } from './log.ts';

/** How a host is to be started; everything has a default. */
export interface HostOptions {
  /** The folder with the app's package.json and host.json; the working directory unless told otherwise. */
  readonly appDirectory?: string;
  /** 7071 unless told otherwise; 0 takes a free port. */
  readonly port?: number;
  /** The address to listen on; loopback unless told otherwise. */
  readonly host?: string;
  /** Where the state is kept; `.sluice/host.sqlite` in the app's folder unless told otherwise. */
  readonly stateFile?: string;
  readonly faults?: FaultSettings;
  /** Fails instances on patterns that run here but break on Azure; on unless told otherwise. */
  readonly strict?: boolean;
  /** After a crash, how long unfinished work stays invisible, as on Azure; 0 unless told otherwise. */
  readonly recoveryDelayMs?: number;
  /** The console, with the level of host.json, unless told otherwise. */
  readonly log?: HostLog;
}

export type ResolvedOptions = Required<Omit<HostOptions, 'log'>> & Pick<HostOptions, 'log'>;

/** The options with their defaults filled in and paths made absolute. */
export function resolveOptions(options: HostOptions): ResolvedOptions {
  const appDirectory = resolve(options.appDirectory ?? '.');
  return {
    port: 7_071,
    host: '127.0.0.1',
    faults: {},
    strict: true,
    recoveryDelayMs: 0,
    ...options,
    appDirectory,
    stateFile: resolve(options.stateFile ?? join(appDirectory, '.sluice', 'host.sqlite')),
  };
}
