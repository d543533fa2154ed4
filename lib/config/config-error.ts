/** Everything that is wrong with the settings or the catalog, at once; the app does not start. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(
    what: string,
    facts: { readonly mistakes: readonly string[]; readonly cause?: unknown },
  ) {
    const lines = facts.mistakes.map((mistake) => `  - ${mistake}`);
    super([`${what}:`, ...lines].join('\n'), { cause: facts.cause });
    this.mistakes = facts.mistakes;
  }
}
