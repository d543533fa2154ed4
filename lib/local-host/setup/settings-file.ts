import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { describeJsonMistake, jsonMistake } from '../../config/json-mistake.ts';
import { HostError } from '../host-error.ts';
import { isRecord, tryParseJson } from '../json.ts';

/** The shape of local.settings.json as Core Tools reads it. */
export interface SettingsFile {
  readonly IsEncrypted: false;
  readonly Values: Readonly<Record<string, string>>;
  /** Other sections, such as Host, are kept as they are. */
  readonly [section: string]: unknown;
}

/** The file, or undefined when there is none. Throws a HostError that says what is wrong with it. */
export async function readSettingsFile(path: string): Promise<SettingsFile | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const mistake = jsonMistake(text);
  if (mistake !== undefined) {
    throw new HostError(
      `${describeJsonMistake(path, mistake)}. Correct it; or delete the file, and its secrets are made anew, so that ` +
        'what the old ones sealed, hashed or signed is lost.',
    );
  }
  const parsed = tryParseJson(text);
  if (!isRecord(parsed)) throw new HostError(`${path} must hold a JSON object.`);
  if (parsed['IsEncrypted'] === true) {
    throw new HostError(`${path} is encrypted; run "func settings decrypt" first.`);
  }
  const values = parsed['Values'] ?? {};
  if (!isTexts(values)) {
    const wrong = isRecord(values)
      ? Object.entries(values).filter(([, value]) => typeof value !== 'string')
      : [];
    const names = wrong.map(([name]) => name).join(', ');
    throw new HostError(
      `${path}: every entry of "Values" must be a text in quotes${names === '' ? '' : `, unlike ${names}`}.`,
    );
  }
  return { ...parsed, IsEncrypted: false, Values: values };
}

/** Replaces the file whole; only its owner may read it. */
export async function writeSettingsFile(path: string, settings: SettingsFile): Promise<void> {
  const unfinished = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    const text = `${JSON.stringify(settings, undefined, 2)}\n`;
    await writeFile(unfinished, text, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isTexts(values: unknown): values is Readonly<Record<string, string>> {
  return isRecord(values) && Object.values(values).every((value) => typeof value === 'string');
}
