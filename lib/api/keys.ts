import { z } from 'zod';
import { keyScope } from './key-scope.ts';
import { pageAnswer } from './page.ts';
import { lineOfText, moment } from './text.ts';

const keyDaysMax = 365;
const renewableDaysMax = 365;
const overlapHoursMax = 168;
const addressRangesMax = 20;

const addressRange = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], {
  error: 'Send an address or a CIDR range, for example 203.0.113.0/24 or 2001:db8::/48.',
});

const labels = z.record(
  z.string().regex(/^[a-z0-9_-]{1,64}$/, 'Send 1 to 64 characters of a-z, 0-9, "_" and "-".'),
  z.array(lineOfText(200)).min(1, 'Name at least one value.').max(100),
);

/** The body of `POST /v1/keys` and of `POST /v1/operator/tenants/{id}/keys`. */
export const createKeyBody = z.strictObject({
  name: lineOfText(200),
  scopes: z
    .array(keyScope)
    .min(1, 'Name at least one scope, or leave `scopes` out to get all that you have.')
    .exactOptional(),
  /** For each label the values that the key may see. */
  labels: labels.exactOptional(),
  expiresInDays: z.int().min(1).max(keyDaysMax).exactOptional(),
  /** How long the key may replace itself, at least `expiresInDays`; absent: people rotate it. */
  renewableForDays: z.int().min(1).max(renewableDaysMax).exactOptional(),
  /** Where the key may be used from. */
  allowedAddresses: z
    .array(addressRange)
    .min(1, 'Name at least one range, or leave `allowedAddresses` out to allow all.')
    .max(addressRangesMax)
    .exactOptional(),
});

/** The body of `POST /v1/keys/{id}/rotate`; it may be left out. */
export const rotateKeyBody = z.strictObject({
  /** How long the old key goes on beside the new one. */
  overlapHours: z.int().min(0).max(overlapHoursMax).exactOptional(),
});

/** A key without the key itself. */
export const keyAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(keyScope),
  labels: z.record(z.string(), z.array(z.string())).optional(),
  allowedAddresses: z.array(z.string()).optional(),
  createdBy: z.string(),
  createdAt: moment,
  expiresAt: moment,
  /** To the minute. */
  lastUsedAt: moment.optional(),
  /** The /24 or /48 network. */
  lastUsedAddressPrefix: z.string().optional(),
  revokedAt: moment.optional(),
  /** When it was first seen where it must not be, for example in a URL: replace it. */
  exposedAt: moment.optional(),
  /** It may replace itself until then, by keys that end no later. */
  renewableUntil: moment.optional(),
  rotatedTo: z.string().optional(),
  rotatedFrom: z.string().optional(),
});

export type KeyAnswer = z.infer<typeof keyAnswer>;

export const keyListAnswer = pageAnswer(keyAnswer);

/** The answer that makes a key; the only one that shows it. */
export const keyCreatedAnswer = z.strictObject({
  ...keyAnswer.shape,
  tenantId: z.string(),
  key: z.string(),
});

export type KeyCreatedAnswer = z.infer<typeof keyCreatedAnswer>;

/** The new key, and when the old one ends. */
export const keyRotatedAnswer = z.strictObject({
  ...keyCreatedAnswer.shape,
  replaces: z.strictObject({ id: z.string(), expiresAt: moment }),
});

export type KeyRotatedAnswer = z.infer<typeof keyRotatedAnswer>;
