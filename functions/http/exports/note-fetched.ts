import { fetchedBody } from '../../../lib/api/links.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { json } from '../answer.ts';
import { presentFetched } from '../present/export.ts';
import { tenantRoute } from '../route.ts';

/** X6: the client's receipt; from then on nobody needs to be reminded of these files. */
export const noteFetched = tenantRoute({
  name: 'noteFetched',
  method: 'POST',
  path: 'v1/exports/{id}/fetched',
  scope: 'links:create',
  audit: { action: 'export.fetched', kind: 'act', target: { type: 'export', param: 'id' } },
  body: fetchedBody,
  async handle({ principal, params, body, services }) {
    const { files } = body;
    const record = await services.links.noteFetched({ principal, exportId: params.id, files });
    const fetched = presentFetched(record);
    // A retry began in between; the receipt is kept and counted with the next one.
    if (fetched === undefined) throw new SluiceError('not_ready');
    return json(200, fetched);
  },
});
