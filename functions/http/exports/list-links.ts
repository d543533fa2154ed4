import { listLinksQuery } from '../../../lib/api/links.ts';
import { json } from '../answer.ts';
import { presentLinkItem } from '../present/links.ts';
import { pageRequestOf, presentPage } from '../present/page.ts';
import { tenantRoute } from '../route.ts';

export const listLinks = tenantRoute({
  name: 'listLinks',
  method: 'GET',
  path: 'v1/exports/{id}/links',
  scope: 'exports:read',
  query: listLinksQuery,
  async handle({ principal, params, query, services }) {
    const request = pageRequestOf(query);
    const page = await services.links.list(principal, params.id, request, query.link);
    const filesShown = query.link === undefined ? undefined : Number.POSITIVE_INFINITY;
    return json(
      200,
      presentPage(page, (link) => presentLinkItem(link, filesShown)),
    );
  },
});
