import { listExportsQuery } from '../../../lib/api/exports.ts';
import { json } from '../answer.ts';
import { presentExportItem } from '../present/export.ts';
import { pageRequestOf, presentPage } from '../present/page.ts';
import { tenantRoute } from '../route.ts';

export const listExports = tenantRoute({
  name: 'listExports',
  method: 'GET',
  path: 'v1/exports',
  scope: 'exports:read',
  query: listExportsQuery,
  async handle({ principal, query, services }) {
    const { limit, cursor, ...filter } = query;
    const request = pageRequestOf(query);
    const page = await services.exports.list(principal, filter, request);
    return json(200, presentPage(page, presentExportItem));
  },
});
