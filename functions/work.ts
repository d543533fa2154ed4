import type { Sealer } from '../lib/core/sealing/sealer.ts';
import type { Residency } from '../lib/core/tenants/residency.ts';
import type { Notifier } from '../lib/core/webhooks/announce.ts';
import type { WebhookSender } from '../lib/core/webhooks/send-webhook.ts';
import type { ActivityDeps } from '../orchestrations/activities/register-activities.ts';
import type { TimerDeps } from './timers/register-timers.ts';

/** What activities and timers work with: every port and the rules around it. */
export type Work = ActivityDeps & TimerDeps & WebhookWork & { readonly residency: Residency };

interface WebhookWork {
  readonly notifier: Notifier;
  /** One per process, because it keeps data keys. */
  readonly sealer: Sealer;
  /** One per process, because it keeps access tokens. */
  readonly sender: WebhookSender;
}
