import type { SyntaxNode } from './syntax-node.ts';

/**
 * The grammar gives `a == b.c` as `(a == b).c` and `x => x.y` as `(x => x).y`. These nodes are
 * therefore taken apart, and what they consist of is put together anew by Bicep's own rules.
 */
const loose: ReadonlySet<string> = new Set([
  'assignment_expression',
  'binary_expression',
  'call_expression',
  'lambda_expression',
  'member_expression',
  'nullable_return_type',
  'nullable_type',
  'resource_expression',
  'subscript_expression',
  'ternary_expression',
  'unary_expression',
]);

/** A walk over operands and operators in the order of the text. */
export class Cursor {
  readonly #tokens: readonly SyntaxNode[];
  #index = 0;

  constructor(nodes: readonly SyntaxNode[], more: ReadonlySet<string> = new Set()) {
    this.#tokens = nodes.flatMap((node) => tokensOf(node, more));
  }

  get token(): SyntaxNode | undefined {
    return this.#tokens[this.#index];
  }

  get previous(): SyntaxNode | undefined {
    return this.#tokens[this.#index - 1];
  }

  /** The token, if it is one of these; with `sameLine` only where no line break stands before it. */
  has(types: readonly string[], { sameLine = true } = {}): boolean {
    if (this.token === undefined || !types.includes(this.token.type)) return false;
    return !sameLine || this.previous?.endRow === this.token.row;
  }

  /** Steps over the token and returns it, or undefined at the end. */
  next(): SyntaxNode | undefined {
    const token = this.token;
    this.#index += 1;
    return token;
  }

  /** Steps over the token if it is one of these. */
  take(types: readonly string[], options: { sameLine?: boolean } = {}): SyntaxNode | undefined {
    return this.has(types, options) ? this.next() : undefined;
  }
}

function tokensOf(node: SyntaxNode, more: ReadonlySet<string>): readonly SyntaxNode[] {
  if (!loose.has(node.type) && !more.has(node.type)) return [node];
  return node.children.flatMap((child) => tokensOf(child, more));
}
