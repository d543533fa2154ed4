import type { GetUrlAnswer } from '../../../lib/api/get-url.ts';
import type { LinkItem, LinksAnswer } from '../../../lib/api/links.ts';
import type { IssuedLinks, IssuedToken } from '../../../lib/core/links/issue-links.ts';
import type { LinkRecord } from '../../../lib/core/links/link-record.ts';

const addressWarning =
  'These links work from the given addresses only. Requests from the same Azure region come over private addresses and will be refused; leave `ip` out for them.';

const afterExpiry =
  'After `expiresAt` the storage answers 403 in XML. Ask here for new links and go on where you stopped, with a Range request.';

/** The links themselves; this answer is the only place where they appear. */
export function presentLinks(issued: IssuedLinks, ip: string | undefined): LinksAnswer {
  return {
    linkId: issued.linkId,
    expiresAt: issued.expiresAt.toISOString(),
    files: issued.files.map(({ name, url, bytes, sha256, rows }) => ({
      name,
      url,
      bytes,
      sha256,
      rows,
    })),
    afterExpiry,
    warning: ip === undefined ? undefined : addressWarning,
  };
}

/** Lakeside's shape (api.md §5). */
export function presentToken({ baseUrl, sasToken, files }: IssuedToken): GetUrlAnswer {
  return { baseUrl, sasToken, files: [...files] };
}

const filesInLists = 100;

/** A line of the ledger, which never held the link. */
export function presentLinkItem(record: LinkRecord, filesShown: number = filesInLists): LinkItem {
  return {
    linkId: record.id,
    kind: record.kind,
    fileCount: record.fileCount,
    files: record.names?.slice(0, filesShown),
    createdBy: record.createdBy,
    createdAt: record.createdAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
    callerAddress: record.callerAddress,
    ip: record.ip,
  };
}
