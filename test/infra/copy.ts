import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A copy of the templates that goes away with its scope; what is written into it stays there. */
export class Copy implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'sluice-infra-'));

  constructor(folder: string) {
    cpSync(folder, this.path, { recursive: true });
  }

  /** Writes a parameter file for main.bicep and gives its name. */
  parameters(name: string, text: string): string {
    const file = `${name.replaceAll(' ', '-')}.bicepparam`;
    this.write(file, `using 'main.bicep'\n\n${text}\n`);
    return file;
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  /** Replaces a text that is there exactly once. */
  replace(file: string, from: string, to: string): void {
    const parts = readFileSync(join(this.path, file), 'utf8').split(from);
    if (parts.length !== 2) throw new TypeError(`${file} has ${parts.length - 1} times: ${from}`);
    this.write(file, parts.join(to));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
