import type { AuditLog } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { IdempotencyStore } from '../exports/stores.ts';
import type { Log } from '../log.ts';
import type { OptionalSecretStore, SecretStore } from '../secrets.ts';
import type { Residency } from '../tenants/residency.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import type { Notifier } from '../webhooks/announce.ts';
import type { KeyNoticeStore } from './key-notice.ts';
import type { KeyStore } from './key-record.ts';
import type { Peppers } from './peppers.ts';
import type { UseRecorder } from './use-recorder.ts';

export interface KeyServiceDeps {
  readonly keys: KeyStore;
  readonly keyNotices: Pick<KeyNoticeStore, 'mark'>;
  readonly tenants: Pick<TenantStore, 'find'>;
  readonly secrets: SecretStore & OptionalSecretStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Stands in each key, `[a-z0-9]{1,12}`; a key of another environment is refused. */
  readonly environment: string;
  readonly residency: Residency;
  readonly idempotency: IdempotencyStore;
  readonly audit: Pick<AuditLog, 'recordOnce'>;
  readonly notifier: Notifier;
}

/** What the parts of the service share. */
export interface KeyWork extends KeyServiceDeps {
  readonly peppers: Peppers;
  readonly uses: UseRecorder;
}
