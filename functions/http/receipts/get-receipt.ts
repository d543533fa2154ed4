import { json } from '../answer.ts';
import { presentReceipt } from '../present/receipt.ts';
import { tenantRoute } from '../route.ts';

export const getReceipt = tenantRoute({
  name: 'getReceipt',
  method: 'GET',
  path: 'v1/receipts/{id}',
  scope: 'exports:read',
  async handle({ principal, params, services }) {
    return json(200, presentReceipt(await services.receipts.get(principal, params.id)));
  },
});
