import type { Config } from '../lib/config/config.ts';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import { createDescribeTables } from '../lib/core/catalog/describe-tables.ts';
import { SluiceError } from '../lib/core/errors.ts';
import { cancelExport } from '../lib/core/exports/cancel-export.ts';
import { getExport } from '../lib/core/exports/find-export.ts';
import { readManifest } from '../lib/core/exports/read-manifest.ts';
import { createRequestExport } from '../lib/core/exports/request-export.ts';
import { retryExport } from '../lib/core/exports/retry-export.ts';
import { createKeyService } from '../lib/core/keys/key-service.ts';
import { createOperatorCheck } from '../lib/core/keys/operator-check.ts';
import { issueExportToken, issueFileLinks } from '../lib/core/links/issue-links.ts';
import { deleteExport } from '../lib/core/retention/delete-export.ts';
import { createSealer } from '../lib/core/sealing/sealer.ts';
import { createSigner } from '../lib/core/signing/signer.ts';
import { createTenant } from '../lib/core/tenants/create-tenant.ts';
import { createAnnouncer } from '../lib/core/webhooks/announce.ts';
import { createDeliverer } from '../lib/core/webhooks/deliver.ts';
import { createEndpointService } from '../lib/core/webhooks/endpoints.ts';
import type { ActivityDeps } from '../orchestrations/activities/register-activities.ts';
import type { Adapters } from './adapters.ts';
import { createReadiness } from './readiness.ts';
import type { ExportServices, LinkServices, Services, TenantServices } from './services.ts';
import type { TimerDeps } from './timers/register-timers.ts';

/** What activities and timers work with: every port and the rules around it. */
export type Work = ActivityDeps & TimerDeps;

export function createWork(config: Config, catalog: Catalog, adapters: Adapters): Work {
  const { stores, files, secrets, outbound, clock, log } = adapters;
  const sealer = createSealer({ secrets, tenants: stores.tenants });
  return {
    ...stores,
    catalog,
    files,
    sources: adapters.sources,
    signer: createSigner(secrets),
    announcer: createAnnouncer(stores),
    deliverer: createDeliverer({ ...stores, outbound, sealer, clock, random: Math.random, log }),
    partRows: config.partRows,
    gzipLevel: config.gzipLevel,
    retentionDays: config.retentionDays,
    clock,
    log,
  };
}

/** What HTTP handlers may ask for. */
export function createServices(config: Config, adapters: Adapters, work: Work): Services {
  const { stores, secrets, clock, log } = adapters;
  return {
    catalog: work.catalog,
    exports: createExports(adapters, work),
    links: createLinks(adapters),
    describeTables: createDescribeTables(work),
    endpoints: createEndpointService({
      endpoints: stores.endpoints,
      sealer: createSealer({ secrets, tenants: stores.tenants }),
      urlRules: adapters.urlRules,
      destinations: adapters.outbound,
      clock,
    }),
    keys: createKeyService({ ...stores, secrets, clock, environment: config.environment }),
    checkOperator: createOperatorCheck({ secrets }),
    tenants: createTenants(config, adapters),
    signer: work.signer,
    readiness: createReadiness(adapters),
    clock,
    log,
  };
}

function createExports({ stores, files }: Adapters, work: Work): ExportServices {
  const deps = { ...stores, ...work };
  return {
    request: createRequestExport(deps),
    list: (tenantId, filter, page) => stores.exports.list(tenantId, filter, page),
    get: async (tenantId, exportId) => ({
      record: (await getExport(stores.exports, tenantId, exportId)).value,
      tables: (await stores.tables.list(exportId)).map(({ value }) => value),
      parts: await stores.parts.list(exportId),
    }),
    manifest: (tenantId, exportId, form) =>
      readManifest({ exports: stores.exports, files }, tenantId, exportId, form),
    cancel: (tenantId, exportId) => cancelExport(deps, tenantId, exportId),
    retry: (tenantId, exportId, starter) => retryExport(deps, tenantId, exportId, starter),
    remove: (tenantId, exportId, requestedBy, starter) =>
      deleteExport(deps, { tenantId, exportId, reason: 'request', requestedBy }, starter),
  };
}

function createLinks({ stores, files, linkSigner, clock }: Adapters): LinkServices {
  const deps = { ...stores, files, signer: linkSigner, clock };
  return {
    issueFiles: (order) => issueFileLinks(deps, order),
    issueToken: (order) => issueExportToken(deps, order),
    async list(tenantId, exportId, page) {
      await getExport(stores.exports, tenantId, exportId);
      return stores.links.list(exportId, page);
    },
  };
}

function createTenants({ region }: Config, { stores, secrets, clock }: Adapters): TenantServices {
  return {
    create: (wish) => createTenant({ tenants: stores.tenants, secrets, clock, region }, wish),
    async get(tenantId) {
      const found = await stores.tenants.find(tenantId);
      if (found !== undefined) return found.value;
      throw new SluiceError('not_found', { message: 'There is no tenant with this id.' });
    },
    list: (page) => stores.tenants.list(page),
  };
}
