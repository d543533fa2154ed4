import { z } from 'zod';
import { ipRange } from './ip-range.ts';
import { pageAnswer, pageParameters } from './page.ts';
import { count, lineOfText, moment, sha256 } from './text.ts';

const filesMax = 10_000;

const minutesWords = 'Send a whole number from 1 to 480.';

/** The body of `POST /v1/exports/{id}/links`; it may be left out. Too many minutes have an error of their own. */
export const issueLinksBody = z.strictObject({
  minutes: z.int(minutesWords).min(1, minutesWords).exactOptional(),
  files: z
    .array(lineOfText(200))
    .min(1, 'Name at least one file, or leave `files` out to get all of them.')
    .max(filesMax)
    .exactOptional(),
  ip: ipRange.exactOptional(),
});

/** The body of `POST /v1/exports/{id}/fetched`: a client's receipt, as many of them as it likes. */
export const fetchedBody = z.strictObject({
  files: z
    .array(
      z.strictObject({
        name: lineOfText(200),
        sha256: z
          .string()
          .regex(/^[0-9a-fA-F]{64}$/, 'Send the SHA-256 of the file as 64 hexadecimal digits.')
          .toLowerCase(),
      }),
    )
    .min(1, 'Name at least one file.')
    .max(filesMax),
});

/** What opens the files; shown once and stored nowhere. */
export const linksAnswer = z.strictObject({
  linkId: z.string(),
  expiresAt: moment,
  files: z.array(
    z.strictObject({
      name: z.string(),
      url: z.url(),
      bytes: count,
      sha256,
      /** Absent for files that hold no rows, such as manifest.json. */
      rows: count.optional(),
    }),
  ),
  /** What to do when a link has ended. */
  afterExpiry: z.string(),
  /** Something the caller should know before using the links. */
  warning: z.string().optional(),
});

export type LinksAnswer = z.infer<typeof linksAnswer>;

/** The query of `GET /v1/exports/{id}/links`; `link` picks one line and shows it whole. */
export const listLinksQuery = z.strictObject({
  ...pageParameters,
  link: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'Send a `linkId`.')
    .exactOptional(),
});

/** A line of the ledger: who got which link, when and for how long. Never the link. */
export const linkItem = z.strictObject({
  linkId: z.string(),
  /** `file` opens the named files, `export` every file of the export. */
  kind: z.enum(['file', 'export']),
  fileCount: count,
  /**
   * The files that were asked for by name; absent when the link opens all that the manifest lists. A list
   * of links shows at most 100 of them; `?link=` shows all of one link.
   */
  files: z.array(z.string()).optional(),
  createdBy: z.string(),
  createdAt: moment,
  expiresAt: moment,
  callerAddress: z.string().optional(),
  ip: z.string().optional(),
});

export type LinkItem = z.infer<typeof linkItem>;

export const linkListAnswer = pageAnswer(linkItem);
