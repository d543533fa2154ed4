import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const testFolder = join(import.meta.dirname, '../..');
const page = readFileSync(join(testFolder, 'SECURITY.md'), 'utf8');

interface Point {
  readonly number: number;
  readonly files: readonly string[];
  readonly open: string;
}

const points = page.split('\n').flatMap((line): Point[] => {
  const [, number, , proof = '', open = ''] =
    /^\| S(\d+) \| (.+) \| (.+) \| (.*) ?\|$/.exec(line) ?? [];
  if (number === undefined) return [];
  const files = [...proof.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
  return [{ number: Number(number), files, open: open.trim() }];
});

/** True when a test, or a group of tests, begins with ids of which one is this point's. */
function proves(file: string, number: number): boolean {
  const titles = readFileSync(join(testFolder, file), 'utf8').matchAll(
    /\(\s*['"`]((?:[A-Z]\d+ )+)/g,
  );
  return [...titles].some(([, ids = '']) => ids.split(' ').includes(`S${number}`));
}

describe('test/SECURITY.md', () => {
  test('lists all forty points in order', () => {
    expect(points.map(({ number }) => number)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  });

  test('names a proof for each, or says what is open', () => {
    expect(points.filter(({ files, open }) => files.length === 0 && open === '')).toEqual([]);
    expect(points.filter(({ files }) => files.length > 0).length).toBeGreaterThan(30);
  });

  test('names only files that hold a test with the number', () => {
    const wrong = points.flatMap(({ number, files }) =>
      files.filter((file) => !proves(file, number)).map((file) => `S${number}: ${file}`),
    );
    expect(wrong).toEqual([]);
  });
});
