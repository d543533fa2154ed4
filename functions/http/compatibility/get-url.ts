import { getUrlQuery } from '../../../lib/api/get-url.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { json, noted } from '../answer.ts';
import { presentToken } from '../present/links.ts';
import { tenantRoute } from '../route.ts';

/** L10: Lakeside's route and shape, over the same links and the same ledger. */
export const getUrl = tenantRoute({
  name: 'getUrl',
  method: 'GET',
  path: 'dataegress/geturl/{invocationId}',
  scope: 'links:create',
  throttle: 'links',
  audit: { action: 'link.create', kind: 'act', target: { type: 'export', param: 'invocationId' } },
  query: getUrlQuery,
  async handle({ principal, params, query, request, services }) {
    const hours = query.expirationHours ?? 1;
    if (hours > limits.linkHoursMax) throw tooLong();
    const { callerAddress } = request;
    const token = await services.links.issueToken({
      principal,
      exportId: params.invocationId,
      minutes: hours * 60,
      ...(callerAddress === undefined ? {} : { callerAddress }),
    });
    const details = { files: token.files.length };
    return noted(json(200, presentToken(token)), { details });
  },
});

function tooLong(): SluiceError {
  const message = `Ask for at most ${limits.linkHoursMax} hours; ask again for a new link before the old one ends.`;
  const mistake = { pointer: '/expirationHours', message: `At most ${limits.linkHoursMax}.` };
  return new SluiceError('link_lifetime_too_long', { message, mistakes: [mistake] });
}
