import { z } from 'zod';
import { count } from './text.ts';

/** `GET /v1/limits`: the promises as numbers. */
export const limitsAnswer = z.strictObject({
  partRows: count,
  rowBytesMax: count,
  linkMinutesDefault: count,
  linkMinutesMax: count,
  linkHoursMax: count,
  retentionDays: count,
  exportTraceDays: count,
  linkLedgerDays: count,
  instanceDays: count,
  bodyBytesMax: count,
  pageItemsDefault: count,
  pageItemsMax: count,
  idempotencyHours: count,
  idempotencyKeyLengthMax: count,
  webhookBodyBytesMax: count,
  webhookAttempts: count,
  webhookTimeoutSeconds: count,
  webhookEndpointsMax: count,
  webhookDisableAfterDays: count,
  webhookOverlapHoursDefault: count,
  webhookOverlapHoursMax: count,
  webhookCatchUpDays: count,
  webhookLogDays: count,
  webhookCallsPerHour: count,
  keyDaysDefault: count,
  keyDaysMax: count,
  freshSignInMinutes: count,
  keyOverlapHoursDefault: count,
  keyOverlapHoursMax: count,
  keyTakeBacksMax: count,
  keyAddressRangesMax: count,
  keyRenewableDaysMax: count,
  operatorKeysPerTenantMax: count,
  failedAuthenticationsPerMinute: count,
  linksPerKeyPerMinute: count,
  failuresPerKeyAndRoutePerMinute: count,
  tableListsPerKeyPerMinute: count,
  auditReadsPerMinute: count,
  auditVerifyEventsMax: count,
  auditPageEventsMax: count,
  auditMonths: count,
  auditExtraDays: count,
  tableNameLengthMax: count,
});

export type LimitsAnswer = z.infer<typeof limitsAnswer>;

/** `GET /v1`: every route there is, with the scope that it needs. */
export const routesAnswer = z.strictObject({
  routes: z.array(
    z.strictObject({
      /** With `{name}` for parameters. */
      path: z.string().startsWith('/api/'),
      methods: z.array(z.enum(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'])),
      scope: z.string(),
    }),
  ),
});

export type RoutesAnswer = z.infer<typeof routesAnswer>;

/** `GET /v1/signing-keys`: a JSON Web Key Set with public halves only. */
export const signingKeysAnswer = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
});

export type SigningKeysAnswer = z.infer<typeof signingKeysAnswer>;

/** `GET /health/live`: the process answers. */
export const liveAnswer = z.strictObject({ status: z.literal('live') });

/**
 * `GET /health/ready`. `degraded` is 200 too: what is not required fails. With `configuration_invalid`
 * a check's name is that of a wrong setting.
 */
export const readyAnswer = z.strictObject({
  status: z.enum(['ready', 'degraded', 'not_ready']),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      required: z.boolean(),
      ok: z.boolean(),
      problem: z
        .enum([
          'missing',
          'malformed',
          'forbidden',
          'unreachable',
          'failed',
          'configuration_invalid',
        ])
        .optional(),
    }),
  ),
});

export type ReadyAnswer = z.infer<typeof readyAnswer>;
