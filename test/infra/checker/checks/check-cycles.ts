import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { Declaration } from '../syntax/declaration.ts';
import { declarationParts } from '../syntax/walk.ts';

/** Declarations by those that they use. */
type Uses = ReadonlyMap<Declaration, readonly Declaration[]>;

/** Finds declarations that are computed from themselves; nothing can be said about such values. */
export function* checkCycles(model: Model): Generator<Finding> {
  const uses = usesIn(model);
  for (const [declaration, direct] of uses) {
    const next = direct.find((one) => reaches(uses, one, declaration));
    if (next === undefined) continue;
    const { at, name } = declaration;
    yield found(at, 'cycle', `${name} uses ${next.name}, which is computed from ${name}.`);
  }
}

function usesIn({ program, placed, bindings }: Model): Uses {
  const outermost = [...program.templates.values()].flatMap(({ declarations }) => declarations);
  const all = new Set([...outermost, ...placed.keys()]);
  const entries = [...all].map((declaration): [Declaration, readonly Declaration[]] => {
    const outer = declaration.kind === 'resource' ? placed.get(declaration)?.outer : undefined;
    const parts = [...declarationParts(declaration)];
    const used = parts.flatMap((part) => {
      const binding = bindings.get(part);
      return binding !== undefined && 'declaration' in binding ? [binding.declaration] : [];
    });
    return [declaration, outer === undefined ? used : [...used, outer.declaration]];
  });
  return new Map(entries);
}

function reaches(uses: Uses, from: Declaration, to: Declaration): boolean {
  const seen = new Set<Declaration>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(uses.get(next) ?? []));
  }
  return false;
}
