import { issueLinksBody } from '../../../lib/api/links.ts';
import { json, noted } from '../answer.ts';
import { presentLinks } from '../present/links.ts';
import { tenantRoute } from '../route.ts';

export const issueLinks = tenantRoute({
  name: 'issueLinks',
  method: 'POST',
  path: 'v1/exports/{id}/links',
  scope: 'links:create',
  throttle: 'links',
  audit: { action: 'link.create', kind: 'act', target: { type: 'export', param: 'id' } },
  body: issueLinksBody,
  bodyOptional: true,
  async handle({ principal, params, body, request, services }) {
    const { callerAddress } = request;
    const issued = await services.links.issueFiles({
      principal,
      exportId: params.id,
      ...body,
      ...(callerAddress === undefined ? {} : { callerAddress }),
    });
    const details = { linkId: issued.linkId, files: issued.files.length };
    return noted(json(201, presentLinks(issued, body.ip)), { details });
  },
});
