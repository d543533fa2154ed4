import { posix } from 'node:path';
import type { Finding } from '../finding.ts';
import type { SourceTree } from '../source-tree.ts';
import type { Template } from '../syntax/declaration.ts';
import { type ReadTemplate, readTemplate } from '../syntax/read-template.ts';

/** All templates and parameter files that are checked together, by path. */
export interface Program {
  readonly templates: ReadonlyMap<string, Template>;
  /** Files that a template may load or name although they are none themselves. */
  readonly others: ReadonlySet<string>;
  /** What cannot be read; with any, nothing else can be said about the program. */
  readonly findings: readonly Finding[];
}

/** A file that was read once is not read again: tests check one tree with many small changes. */
const cache = new Map<string, ReadTemplate>();

/** Reads every template of the tree. */
export function loadProgram({ texts, others }: SourceTree): Program {
  const read = [...texts].map(([file, text]) => readOnce(file, text));
  return {
    templates: new Map(read.map(({ template }) => [template.file, template])),
    others,
    findings: read.flatMap(({ findings }) => findings),
  };
}

function readOnce(file: string, text: string): ReadTemplate {
  const key = `${file}\n${text}`;
  const known = cache.get(key) ?? readTemplate(file, text);
  cache.set(key, known);
  return known;
}

/** The path from the project's root of a path that stands in a template. */
export function pathFrom({ file }: Template, path: string): string {
  return posix.join(posix.dirname(file), path);
}

/** Whether this is a file of parameters and not a template. */
export function isParameterFile({ file }: Template): boolean {
  return file.endsWith('.bicepparam');
}
