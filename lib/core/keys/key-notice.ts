/** Days before the end of a key at which its tenant is told, the first one first. */
export const noticeDays = [14, 7, 1] as const;

export type NoticeDays = (typeof noticeDays)[number];

/** A mark that somebody is to be told of a key's end on a day. */
export interface KeyNotice {
  readonly tenantId: string;
  readonly keyId: string;
  readonly daysBefore: NoticeDays;
  /** The end that the mark was made for. */
  readonly expiresAt: Date;
}

export interface KeyNoticeStore {
  /** One row in the partition of the day; marking twice is harmless. */
  mark(notice: KeyNotice): Promise<void>;
  clear(notice: KeyNotice): Promise<void>;
  /** Every mark whose day is today or over, the oldest day first; later days are never looked at. */
  listDue(now: Date): AsyncIterable<KeyNotice>;
}

const dayMs = 86_400_000;

/** The day on which a notice is given, as its midnight, UTC. */
export function noticeDayOf({
  expiresAt,
  daysBefore,
}: Pick<KeyNotice, 'expiresAt' | 'daysBefore'>): Date {
  const dueMs = expiresAt.getTime() - daysBefore * dayMs;
  return new Date(Math.floor(dueMs / dayMs) * dayMs);
}

/** The notices that a new key needs: none on the day it was made. */
export function noticesOf(key: {
  readonly tenantId: string;
  readonly id: string;
  readonly lifeDays: number;
  readonly expiresAt: Date;
}): readonly KeyNotice[] {
  const { tenantId, id: keyId, expiresAt, lifeDays } = key;
  return noticeDays
    .filter((daysBefore) => daysBefore < lifeDays)
    .map((daysBefore) => ({ tenantId, keyId, daysBefore, expiresAt }));
}
