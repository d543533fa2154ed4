import type { DescribeTables } from '../lib/core/catalog/describe-tables.ts';
import { cancelExport } from '../lib/core/exports/cancel-export.ts';
import { getExport } from '../lib/core/exports/find-export.ts';
import { readManifest } from '../lib/core/exports/read-manifest.ts';
import { createRequestExport } from '../lib/core/exports/request-export.ts';
import { retryExport } from '../lib/core/exports/retry-export.ts';
import type { Caller } from '../lib/core/labels/caller.ts';
import { seenExports } from '../lib/core/labels/seen-exports.ts';
import { issueExportToken, issueFileLinks } from '../lib/core/links/issue-links.ts';
import { noteFetched } from '../lib/core/links/note-fetched.ts';
import { deleteExport } from '../lib/core/retention/delete-export.ts';
import type { Adapters } from './adapters.ts';
import type { ExportServices, LinkServices } from './services.ts';
import type { Work } from './work.ts';

/** Everything that can be asked of exports; each look-up is by tenant and through the caller's sight. */
export function createExports(
  { stores }: Adapters,
  work: Work,
  describeTables: DescribeTables,
): ExportServices {
  const deps = { ...stores, ...work, describeTables };
  const depsFor = (caller: Caller) => ({
    ...deps,
    exports: seenExports({ ...stores, catalog: work.catalog }, caller),
  });
  return {
    request: createRequestExport(deps),
    list: (caller, filter, page) => depsFor(caller).exports.list(caller.tenantId, filter, page),
    get: async (caller, exportId) => ({
      record: (await getExport(depsFor(caller).exports, caller.tenantId, exportId)).value,
      tables: await stores.tables.states(exportId),
    }),
    manifest: (caller, exportId, form) =>
      readManifest(depsFor(caller), caller.tenantId, exportId, form),
    cancel: (caller, exportId) => cancelExport(depsFor(caller), caller.tenantId, exportId),
    retry: (caller, exportId, starter) =>
      retryExport(depsFor(caller), caller.tenantId, exportId, starter),
    remove: (caller, exportId, requestedBy, starter) =>
      deleteExport(
        depsFor(caller),
        { tenantId: caller.tenantId, exportId, reason: 'request', requestedBy },
        starter,
      ),
  };
}

/** Links to the files of exports, and their ledger. */
export function createLinks({ stores, linkSigner }: Adapters, work: Work): LinkServices {
  const depsFor = (caller: Caller) => ({
    ...stores,
    exports: seenExports({ ...stores, catalog: work.catalog }, caller),
    files: work.files,
    signer: linkSigner,
    clock: work.clock,
  });
  return {
    issueFiles: (order) => issueFileLinks(depsFor(order.principal), order),
    issueToken: (order) => issueExportToken(depsFor(order.principal), order),
    noteFetched: (order) => noteFetched(depsFor(order.principal), order),
    async list(caller, exportId, page, linkId) {
      await getExport(depsFor(caller).exports, caller.tenantId, exportId);
      return stores.links.list(exportId, page, linkId);
    },
  };
}
