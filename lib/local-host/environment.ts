// The app under this host reads its settings from the process environment, so the host has to write them there.

/** Sets a variable of this process unless the caller's shell has set it already. */
export function setEnvironmentDefault(name: string, value: string): void {
  if (process.env[name] === undefined) process.env[name] = value;
}

/** Sets a variable of this process, whatever it held before. */
export function setEnvironment(name: string, value: string): void {
  process.env[name] = value;
}

/** The value of a variable, or undefined. */
export function readEnvironment(name: string): string | undefined {
  return process.env[name];
}

/** Replaces every %NAME% by the value of that setting, as the platform does in schedules and hub names. */
export function resolveSettings(text: string): string {
  return text.replaceAll(/%([^%\s]+)%/g, (whole, name: string) => process.env[name] ?? whole);
}
