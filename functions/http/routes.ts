import { listAudit } from './audit/list-audit.ts';
import { listOperatorAudit } from './audit/list-operator-audit.ts';
import { verifyAudit } from './audit/verify-audit.ts';
import { verifyOperatorAudit } from './audit/verify-operator-audit.ts';
import { getUrl } from './compatibility/get-url.ts';
import { cancelExport } from './exports/cancel-export.ts';
import { createExport } from './exports/create-export.ts';
import { deleteExport } from './exports/delete-export.ts';
import { getExport } from './exports/get-export.ts';
import { getManifest } from './exports/get-manifest.ts';
import { issueLinks } from './exports/issue-links.ts';
import { listExports } from './exports/list-exports.ts';
import { listLinks } from './exports/list-links.ts';
import { noteFetched } from './exports/note-fetched.ts';
import { retryExport } from './exports/retry-export.ts';
import { getMe } from './identity/get-me.ts';
import { createKey } from './keys/create-key.ts';
import { listKeys } from './keys/list-keys.ts';
import { revokeKey } from './keys/revoke-key.ts';
import { rotateKey } from './keys/rotate-key.ts';
import { createTenant } from './operator/create-tenant.ts';
import { createTenantKey } from './operator/create-tenant-key.ts';
import { getTenant } from './operator/get-tenant.ts';
import { listTenants } from './operator/list-tenants.ts';
import { updateTenant } from './operator/update-tenant.ts';
import { getLimits } from './public/get-limits.ts';
import { getSigningKeys } from './public/get-signing-keys.ts';
import { healthLive } from './public/health-live.ts';
import { healthReady } from './public/health-ready.ts';
import { listRoutesOf } from './public/list-routes.ts';
import { getReceipt } from './receipts/get-receipt.ts';
import { listReceipts } from './receipts/list-receipts.ts';
import type { Route } from './route.ts';
import { listTables } from './tables/list-tables.ts';
import { createWebhook } from './webhooks/create-webhook.ts';
import { deleteWebhook } from './webhooks/delete-webhook.ts';
import { enableWebhook } from './webhooks/enable-webhook.ts';
import { getWebhook } from './webhooks/get-webhook.ts';
import { listDeliveries } from './webhooks/list-deliveries.ts';
import { listWebhooks } from './webhooks/list-webhooks.ts';
import { redeliverDelivery } from './webhooks/redeliver-delivery.ts';
import { rotateWebhookSecret } from './webhooks/rotate-webhook-secret.ts';
import { testWebhook } from './webhooks/test-webhook.ts';
import { updateWebhook } from './webhooks/update-webhook.ts';
import { verifyWebhook } from './webhooks/verify-webhook.ts';

const described: readonly Route[] = [
  createExport,
  listExports,
  getExport,
  deleteExport,
  getManifest,
  issueLinks,
  listLinks,
  noteFetched,
  cancelExport,
  retryExport,
  listTables,
  listReceipts,
  getReceipt,
  createKey,
  listKeys,
  revokeKey,
  rotateKey,
  createWebhook,
  listWebhooks,
  getWebhook,
  updateWebhook,
  deleteWebhook,
  testWebhook,
  verifyWebhook,
  rotateWebhookSecret,
  enableWebhook,
  listDeliveries,
  redeliverDelivery,
  listAudit,
  verifyAudit,
  getUrl,
  getMe,
  createTenant,
  listTenants,
  getTenant,
  updateTenant,
  createTenantKey,
  listOperatorAudit,
  verifyOperatorAudit,
  getLimits,
  getSigningKeys,
  healthLive,
  healthReady,
];

/** Everything that answers over HTTP: the source of the registration, the guard and the tests. */
export const routes: readonly Route[] = [listRoutesOf(described), ...described];
