import { pageQuery } from '../../../lib/api/page.ts';
import { json } from '../answer.ts';
import { presentLinkItem } from '../present/links.ts';
import { pageRequestOf, presentPage } from '../present/page.ts';
import { tenantRoute } from '../route.ts';

export const listLinks = tenantRoute({
  name: 'listLinks',
  method: 'GET',
  path: 'v1/exports/{id}/links',
  scope: 'exports:read',
  query: pageQuery,
  async handle({ principal, params, query, services }) {
    const request = pageRequestOf(query);
    const page = await services.links.list(principal, params.id, request);
    return json(200, presentPage(page, presentLinkItem));
  },
});
