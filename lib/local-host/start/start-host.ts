import { extname, join, resolve } from 'node:path';
import { type Child, startChild } from './child-process.ts';

export interface HostChildOptions {
  /** The app's folder. */
  readonly directory: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly stateFile: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Without it the host writes to this process's output. */
  readonly logFile?: string;
}

/** Starts the local host on the built app, as a process of its own. */
export function startHostChild(options: HostChildOptions): Promise<Child> {
  const { directory, port, stateFile, ...rest } = options;
  // TypeScript in the source tree, JavaScript in a build.
  const program = resolve(import.meta.dirname, '..', `main${extname(import.meta.filename)}`);
  const flags = ['--app', directory, '--port', String(port), '--state', stateFile];
  return startChild({
    name: 'The local host',
    command: process.execPath,
    args: [program, ...flags],
    directory,
    ...rest,
  });
}

/** Starts the Azure Functions Core Tools on the built app. */
export function startCoreTools(
  func: string,
  { port, ...rest }: Pick<HostChildOptions, 'directory' | 'port' | 'environment'>,
): Promise<Child> {
  const args = ['start', '--port', String(port)];
  return startChild({ name: 'func', command: func, args, ...rest });
}

/** Where the local host keeps its state unless it is told otherwise. */
export function hostStateFile(directory: string): string {
  return join(directory, '.sluice', 'host.sqlite');
}
