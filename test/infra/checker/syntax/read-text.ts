import type { Expression, Text } from './expression.ts';
import { placeOf, type Reading, refuse } from './reading.ts';
import type { SyntaxNode } from './syntax-node.ts';

const escapes: Readonly<Record<string, string>> = {
  $: '$',
  "'": "'",
  '\\': '\\',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads a string; the grammar drops some escapes from its tree, so the text itself is read. */
export function readText(reading: Reading, node: SyntaxNode): Text {
  const at = placeOf(reading, node);
  if (node.text.startsWith("'''")) {
    const text = node.text.slice(3, -3).replace(/^\r?\n/, '');
    return { kind: 'text', at, parts: text === '' ? [] : [text] };
  }
  if (node.row !== node.endRow) refuse(reading, node, 'a string ends at the end of its line.');
  return { kind: 'text', at, parts: [...readParts(reading, node)] };
}

function* readParts(reading: Reading, node: SyntaxNode): Generator<string | Expression> {
  let start = node.start + 1;
  for (const part of node.children.filter(({ type }) => type === 'interpolation')) {
    if (part.start > start) yield unescaped(reading, node, start, part.start);
    const inner = part.children[1];
    if (inner !== undefined) yield reading.expression(inner);
    start = part.end;
  }
  if (node.end - 1 > start) yield unescaped(reading, node, start, node.end - 1);
}

function unescaped(reading: Reading, node: SyntaxNode, start: number, end: number): string {
  const raw = node.text.slice(start - node.start, end - node.start);
  return raw.replace(/\\(u\{[0-9a-fA-F]+\}|.)/g, (whole, code: string) => {
    if (code.startsWith('u{')) return String.fromCodePoint(Number.parseInt(code.slice(2), 16));
    const character = escapes[code];
    if (character === undefined) refuse(reading, node, `${whole} is no escape.`);
    return character ?? '';
  });
}
