import { pageQuery } from '../../../lib/api/page.ts';
import { json } from '../answer.ts';
import { pageRequestOf, presentPage } from '../present/page.ts';
import { presentReceipt } from '../present/receipt.ts';
import { tenantRoute } from '../route.ts';

/** X12: every deletion, the latest first. */
export const listReceipts = tenantRoute({
  name: 'listReceipts',
  method: 'GET',
  path: 'v1/receipts',
  scope: 'exports:read',
  query: pageQuery,
  async handle({ principal, query, services }) {
    const page = await services.receipts.list(principal, pageRequestOf(query));
    return json(200, presentPage(page, presentReceipt));
  },
});
