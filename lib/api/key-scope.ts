import { z } from 'zod';

/** What a tenant's key may be allowed to do; the operator's own work is not among it. */
export const keyScope = z.enum([
  'exports:read',
  'exports:run',
  'exports:delete',
  'links:create',
  'configurations:write',
  'keys:write',
  'webhooks:write',
  'audit:read',
  'tenant:write',
  'me',
]);
