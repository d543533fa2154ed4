import { createExportBody } from '../../../lib/api/exports.ts';
import { replayed } from '../answer.ts';
import { tenantRoute } from '../route.ts';
import { acceptExport } from './answer-export.ts';

export const createExport = tenantRoute({
  name: 'createExport',
  method: 'POST',
  path: 'v1/exports',
  scope: 'exports:run',
  audit: { action: 'export.start', kind: 'act', target: { type: 'export' } },
  body: createExportBody,
  async handle({ principal, body, request, services, starter }) {
    const { tables, compression } = body;
    const wish = { tables, ...(compression === undefined ? {} : { compression }) };
    const { idempotencyKey } = request;
    const order = {
      principal,
      wish,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    };
    const { record, isReplay } = await services.exports.request(order, starter);
    const answer = await acceptExport(services, principal, record);
    return isReplay ? replayed(answer) : answer;
  },
});
