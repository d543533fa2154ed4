import type { Terminal } from './terminal.ts';

/** Tells the reader what happens, step by step. */
export interface Narrator {
  title(text: string, below: string): void;
  /** Begins the next step; steps are numbered from 1. */
  step(text: string): void;
  /** Something that was reached and checked. */
  done(text: string): void;
  /** Something good to know. */
  note(text: string): void;
  /** How far a long step is: one updating line on a terminal, a line every few seconds elsewhere. */
  progress(text: string): void;
  failed(text: string): void;
  plain(lines: readonly string[]): void;
}

const plainProgressEveryMs = 4_000;
const liveProgressEveryMs = 100;

/** Writes to the terminal; `now` is in milliseconds. */
export function createNarrator(terminal: Terminal, now: () => number = Date.now): Narrator {
  const { paint } = terminal;
  let steps = 0;
  let lastProgressMs = now();
  return {
    title(text, below) {
      terminal.line();
      terminal.line(paint('bold', text));
      terminal.line(paint('dim', below));
    },
    step(text) {
      steps += 1;
      lastProgressMs = now();
      terminal.line();
      terminal.line(`${paint('cyan', String(steps).padStart(2))}  ${paint('bold', text)}`);
    },
    done: (text) => terminal.line(`    ${paint('green', '✓')} ${text}`),
    note: (text) => terminal.line(`      ${paint('dim', text)}`),
    progress(text) {
      const everyMs = terminal.isInteractive ? liveProgressEveryMs : plainProgressEveryMs;
      if (now() - lastProgressMs < everyMs) return;
      lastProgressMs = now();
      if (terminal.isInteractive) terminal.status(`      ${text}`);
      else terminal.line(`      ${text}`);
    },
    failed: (text) => terminal.line(`    ${paint('red', '✗')} ${text}`),
    plain(lines) {
      for (const line of lines) terminal.line(line);
    },
  };
}
