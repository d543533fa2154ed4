/** The process's settings; the only place that reads or sets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function readEnvironment(): Environment {
  return { ...process.env };
}

/** Sets what a library reads there and takes in no other way. What is set already stays. */
export function presetEnvironment(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
}
