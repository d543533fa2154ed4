import { pageQuery } from '../../../lib/api/page.ts';
import { json } from '../answer.ts';
import { presentListedKey } from '../present/key.ts';
import { pageRequestOf, presentPage } from '../present/page.ts';
import { tenantRoute } from '../route.ts';

export const listKeys = tenantRoute({
  name: 'listKeys',
  method: 'GET',
  path: 'v1/keys',
  scope: 'keys:write',
  query: pageQuery,
  async handle({ principal, query, services }) {
    const page = await services.keys.list(principal, pageRequestOf(query));
    return json(200, presentPage(page, presentListedKey));
  },
});
