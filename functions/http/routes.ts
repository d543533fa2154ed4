import { getUrl } from './compatibility/get-url.ts';
import { cancelExport } from './exports/cancel-export.ts';
import { createExport } from './exports/create-export.ts';
import { deleteExport } from './exports/delete-export.ts';
import { getExport } from './exports/get-export.ts';
import { getManifest } from './exports/get-manifest.ts';
import { issueLinks } from './exports/issue-links.ts';
import { listExports } from './exports/list-exports.ts';
import { listLinks } from './exports/list-links.ts';
import { retryExport } from './exports/retry-export.ts';
import { createKey } from './operator/create-key.ts';
import { createTenant } from './operator/create-tenant.ts';
import { getTenant } from './operator/get-tenant.ts';
import { listTenants } from './operator/list-tenants.ts';
import { getLimits } from './public/get-limits.ts';
import { getSigningKeys } from './public/get-signing-keys.ts';
import { healthLive } from './public/health-live.ts';
import { healthReady } from './public/health-ready.ts';
import type { Route } from './route.ts';
import { listTables } from './tables/list-tables.ts';
import { createWebhook } from './webhooks/create-webhook.ts';
import { deleteWebhook } from './webhooks/delete-webhook.ts';
import { getWebhook } from './webhooks/get-webhook.ts';
import { listWebhooks } from './webhooks/list-webhooks.ts';

/** Everything that answers over HTTP: the source of the registration, the guard and the tests. */
export const routes: readonly Route[] = [
  createExport,
  listExports,
  getExport,
  deleteExport,
  getManifest,
  issueLinks,
  listLinks,
  cancelExport,
  retryExport,
  listTables,
  createWebhook,
  listWebhooks,
  getWebhook,
  deleteWebhook,
  getUrl,
  createTenant,
  listTenants,
  getTenant,
  createKey,
  getLimits,
  getSigningKeys,
  healthLive,
  healthReady,
];
