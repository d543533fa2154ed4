// What a newcomer's commands take from the shell and hand on to the processes that they start.

/** The environment for a child process: this process's own, with some variables set anew. */
export function childEnvironment(changes: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes };
}

/** The same the other way round: what this process was started with wins, as for the host's own settings. */
export function environmentOver(values: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...values, ...process.env };
}

/** The names of the variables that this process was started with. */
export function environmentNames(): readonly string[] {
  return Object.keys(process.env);
}

/** The folders in which programs are looked for, in order. */
export function programFolders(): readonly string[] {
  return (process.env['PATH'] ?? '').split(process.platform === 'win32' ? ';' : ':');
}

/** True when the user asked for plain text (no-color.org). */
export function isColourRefused(): boolean {
  return (process.env['NO_COLOR'] ?? '') !== '';
}
