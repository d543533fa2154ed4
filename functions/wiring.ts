import type { Config } from '../lib/config/config.ts';
import { createAuditLog } from '../lib/core/audit/audit-log.ts';
import { auditedDeliveries, auditedEndpoints } from '../lib/core/audit/audited-stores.ts';
import { createRecordDenial } from '../lib/core/audit/denials.ts';
import { listEvents } from '../lib/core/audit/list-events.ts';
import { sealHead } from '../lib/core/audit/seal-head.ts';
import { verifyChain } from '../lib/core/audit/verify-chain.ts';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import { createDescribeTables } from '../lib/core/catalog/describe-tables.ts';
import { createSignIn } from '../lib/core/identity/sign-in.ts';
import { createKeyService } from '../lib/core/keys/key-service.ts';
import { createOperatorCheck } from '../lib/core/keys/operator-check.ts';
import { createReceiptService } from '../lib/core/retention/receipt-service.ts';
import { createSealer } from '../lib/core/sealing/sealer.ts';
import { createSigner } from '../lib/core/signing/signer.ts';
import { createResidency } from '../lib/core/tenants/residency.ts';
import { createAuthenticationThrottle } from '../lib/core/throttle/authentication-throttle.ts';
import { createCallerThrottles } from '../lib/core/throttle/caller-throttles.ts';
import { createAnnouncer, createNotifier } from '../lib/core/webhooks/announce.ts';
import { createDeliverer } from '../lib/core/webhooks/deliver.ts';
import { createEndpointService } from '../lib/core/webhooks/endpoints.ts';
import { createWebhookSender } from '../lib/core/webhooks/send-webhook.ts';
import type { Adapters } from './adapters.ts';
import { createReadiness } from './readiness.ts';
import type { AuditServices, Services } from './services.ts';
import { createExports, createLinks } from './wire-exports.ts';
import { createTenants } from './wire-tenants.ts';
import type { Work } from './work.ts';

export function createWork(config: Config, catalog: Catalog, adapters: Adapters): Work {
  const { stores, files, headSeals, secrets, outbound, clock, log } = adapters;
  const { metrics } = adapters.telemetry;
  const sealer = createSealer({ secrets, tenants: stores.tenants });
  const notifier = createNotifier(stores);
  const sender = createWebhookSender({ outbound, sealer, clock });
  const signer = createSigner(secrets);
  const { auditRows } = stores;
  const audit = createAuditLog({
    store: auditRows,
    clock,
    random: Math.random,
    sealDue: (chain) => {
      sealHead({ auditRows, headSeals, signer, clock }, chain).catch((error: unknown) => {
        log.error('audit head could not be sealed', error, { chain });
      });
    },
  });
  const audited = {
    endpoints: auditedEndpoints(stores.endpoints, audit),
    deliveries: auditedDeliveries(stores.deliveries, audit),
  };
  return {
    ...stores,
    audit,
    catalog,
    files,
    headSeals,
    sources: adapters.sources,
    signer,
    residency: createResidency({ ...config, tenants: stores.tenants }),
    announcer: createAnnouncer(stores),
    notifier,
    sealer,
    sender,
    deliverer: createDeliverer({
      ...audited,
      sender,
      sealer,
      notifier,
      clock,
      random: Math.random,
      log,
      metrics,
    }),
    partRows: config.partRows,
    gzipLevel: config.gzipLevel,
    tableRunsMax: config.tableRunsMax,
    sourceWaitMs: config.sourceWaitMinutes * 60_000,
    retentionDays: config.retentionDays,
    clock,
    log,
    metrics,
  };
}

/** What HTTP handlers may ask for. */
export function createServices(config: Config, adapters: Adapters, work: Work): Services {
  const { stores, secrets, clock, log } = adapters;
  const { residency } = work;
  // One for all who ask, or each would ask the sources for itself.
  const describeTables = createDescribeTables(work);
  return {
    catalog: work.catalog,
    exports: createExports(adapters, work, describeTables),
    links: createLinks(adapters, work),
    throttles: createCallerThrottles(clock),
    receipts: createReceiptService({ ...stores, catalog: work.catalog }),
    describeTables,
    endpoints: createEndpointService({
      ...stores,
      sealer: work.sealer,
      sender: work.sender,
      urlRules: adapters.urlRules,
      trustedHosts: config.webhooks.trustedHosts,
      destinations: adapters.outbound,
      clock,
      log,
    }),
    keys: createKeyService({
      ...stores,
      secrets,
      residency,
      audit: work.audit,
      notifier: work.notifier,
      clock,
      log,
      environment: config.environment,
    }),
    checkOperator: createOperatorCheck({ secrets }),
    authenticationThrottle: createAuthenticationThrottle(clock),
    signIn: createSignIn({
      ...stores,
      issuers: adapters.issuers,
      keys: adapters.identityKeys,
      residency,
      clock,
    }),
    tenants: createTenants(config, adapters, residency),
    audit: createAudit(adapters, work),
    recordDenial: createRecordDenial({
      audit: work.audit,
      environment: config.environment,
      tenantOfKey: async (keyId) => (await stores.keys.find(keyId))?.value.tenantId,
      clock,
    }),
    signer: work.signer,
    readiness: createReadiness(adapters, work.catalog),
    clock,
    log,
  };
}

function createAudit({ stores, headSeals: seals }: Adapters, work: Work): AuditServices {
  const { audit, signer } = work;
  const store = stores.auditRows;
  return {
    record: audit.record,
    list: (chain, filter, page) => listEvents(store, chain, filter, page),
    verify: (chain, order) => verifyChain({ store, seals, signer }, chain, order),
  };
}
