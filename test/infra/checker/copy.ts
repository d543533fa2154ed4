import type { SourceTree } from './source-tree.ts';

/** A copy of a tree in which one text of one file, found there exactly once, is another. */
export function copyWith(tree: SourceTree, file: string, from: string, to: string): SourceTree {
  const text = tree.texts.get(file);
  const parts = text?.split(from) ?? [];
  if (parts.length !== 2) {
    throw new TypeError(`${file} has ${parts.length - 1} times: ${from}`);
  }
  return { ...tree, texts: new Map([...tree.texts, [file, parts.join(to)]]) };
}
