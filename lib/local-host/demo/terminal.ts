import { isColourRefused } from '../setup/environment.ts';

/** What the demo writes to: a terminal, where a line can be written over and coloured, or a file. */
export interface Terminal {
  /** True where a line can be written over. */
  readonly isInteractive: boolean;
  /** Writes one line below whatever is there. */
  line(text?: string): void;
  /** On a terminal, shows this text in place of the last status; elsewhere nothing. */
  status(text: string): void;
  readonly paint: Paint;
}

/** Colours, or the text as it is where colour is not wanted. */
type Paint = (style: Style, text: string) => string;
type Style = keyof typeof codes;

const codes = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;

/** Writes to a stream such as stdout. */
export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  const isInteractive = stream.isTTY === true;
  const isColoured = isInteractive && !isColourRefused();
  let hasStatus = false;
  const clearStatus = (): void => {
    if (hasStatus) stream.write('\r\u001b[2K');
    hasStatus = false;
  };
  return {
    isInteractive,
    paint: (style, text) => (isColoured ? `\u001b[${codes[style]}m${text}\u001b[0m` : text),
    line(text = '') {
      clearStatus();
      stream.write(`${text}\n`);
    },
    status(text) {
      if (!isInteractive) return;
      clearStatus();
      // A status that wraps could not be written over; some terminals report a width of 0.
      stream.write(text.slice(0, (stream.columns || 80) - 1));
      hasStatus = true;
    },
  };
}
