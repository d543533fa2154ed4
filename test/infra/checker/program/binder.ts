import { type Finding, found, type Place } from '../finding.ts';
import type { Rule } from '../rule.ts';
import type { Declaration, Template } from '../syntax/declaration.ts';
import type { Expression } from '../syntax/expression.ts';
import type { TypeExpression } from '../syntax/type-expression.ts';
import type { Binding } from './binding.ts';

/** What is learned about the names of one template, while it is walked through. */
export class Binder {
  readonly template: Template;
  readonly bindings = new Map<Expression | TypeExpression, Binding>();
  readonly used = new Set<Declaration>();
  readonly findings: Finding[] = [];

  constructor(template: Template) {
    this.template = template;
  }

  /** Notes that this node means that, and that it is used. */
  bind(node: Expression | TypeExpression, binding: Binding): void {
    this.bindings.set(node, binding);
    if ('declaration' in binding) this.used.add(binding.declaration);
    if ('via' in binding && binding.via !== undefined) this.used.add(binding.via);
  }

  /** Notes something wrong. */
  find(at: Place, rule: Rule, message: string): void {
    this.findings.push(found(at, rule, message));
  }
}
