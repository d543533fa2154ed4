import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Break,
  missingNames,
  otherVersions,
  renamedProperties,
  renamedSymbols,
} from './checker/breakages.ts';
import { check } from './checker/check.ts';
import { formatted } from './checker/finding.ts';
import { readSourceTree } from './checker/source-tree.ts';

const tree = readSourceTree(join(import.meta.dirname, '../..'), 'infra');

test('A4 K2 S39 the templates and parameter files have no finding', () => {
  const { findings, files, resources } = check(tree);
  expect(findings.map(formatted)).toEqual([]);
  expect(files).toBeGreaterThan(10);
  expect(resources).toBeGreaterThan(30);
});

const breaks: readonly (readonly [string, Break])[] = [
  ['a property by another name', renamedProperties],
  ['a version that Azure never had', otherVersions],
  ['a symbol by another name', renamedSymbols],
  ['a resource without its name', missingNames],
];

test.each(breaks)('in every place of the templates %s is found', (_, breakIn) => {
  const breakages = breakIn(tree);
  const missed = breakages.filter(({ tree: copy, file, rules }) => {
    const { findings } = check(copy);
    return !findings.some((one) => one.file === file && rules.includes(one.rule));
  });
  expect(missed.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  expect(breakages.length).toBeGreaterThan(30);
});
