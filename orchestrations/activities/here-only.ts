import type { Log } from '../../lib/core/log.ts';
import type { Residency } from '../../lib/core/tenants/residency.ts';

export interface HereOnlyDeps {
  readonly residency: Pick<Residency, 'isHere'>;
  readonly log: Log;
}

/**
 * A step that is taken for tenants of this stamp's region alone (K4). For any other it changes nothing
 * and answers `otherwise`: rows that were copied here, or a stamp whose region was set wrongly, set no
 * export or delivery going, and nothing is lost of what goes on where it belongs.
 */
export function hereOnly<
  Input extends { readonly tenantId: string },
  Result,
  Context extends unknown[],
>(
  { residency, log }: HereOnlyDeps,
  otherwise: Result,
  step: (input: Input, ...context: Context) => Promise<Result>,
): (input: Input, ...context: Context) => Promise<Result> {
  return async (input, ...context) => {
    if (await residency.isHere(input.tenantId)) return step(input, ...context);
    log.warn('a step was left out, because its tenant belongs to another region', {
      tenantId: input.tenantId,
    });
    return otherwise;
  };
}
