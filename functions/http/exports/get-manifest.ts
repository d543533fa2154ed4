import { manifestQuery } from '../../../lib/api/exports.ts';
import { raw } from '../answer.ts';
import { tenantRoute } from '../route.ts';

const contentTypes = { json: 'application/json', jws: 'application/jose' } as const;

/** The very bytes that were signed, or the detached signature over them. */
export const getManifest = tenantRoute({
  name: 'getManifest',
  method: 'GET',
  path: 'v1/exports/{id}/manifest',
  scope: 'exports:read',
  audit: { action: 'manifest.read', kind: 'read', target: { type: 'export', param: 'id' } },
  query: manifestQuery,
  async handle({ principal, params, query, services }) {
    const form = query.format ?? 'json';
    const bytes = await services.exports.manifest(principal, params.id, form);
    return raw(contentTypes[form], bytes);
  },
});
