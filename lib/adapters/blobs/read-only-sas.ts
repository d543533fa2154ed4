import {
  BlobSASPermissions,
  type BlobSASSignatureValues,
  type ContainerClient,
  ContainerSASPermissions,
  SASProtocol,
  type SasIPRange,
} from '@azure/storage-blob';
import type { LinkWindow } from '../../core/links/link-signer.ts';
import { contentTypeOfFile } from './content-type.ts';

/** What a link states: read, nothing else, in this time. */
export type ReadOnlySas = Omit<BlobSASSignatureValues, 'startsOn' | 'expiresOn'> & {
  readonly startsOn: Date;
  readonly expiresOn: Date;
};

// Clocks in Azure may differ by this much.
const clockSkewMs = 15 * 60 * 1000;

/** Reads one file over HTTPS and has it saved under its own name. */
export function fileSas(
  container: ContainerClient,
  fileName: string,
  window: LinkWindow,
): ReadOnlySas {
  if (!/^[a-z0-9._-]+$/.test(fileName)) throw new TypeError('No file of an export has this name.');
  return {
    ...commonSas(container, window),
    blobName: fileName,
    permissions: BlobSASPermissions.parse('r'),
    contentDisposition: `attachment; filename="${fileName}"`,
    contentType: contentTypeOfFile(fileName),
  };
}

/** Reads every file of the container over HTTPS, by name; listing is not granted. */
export function containerSas(container: ContainerClient, window: LinkWindow): ReadOnlySas {
  return {
    ...commonSas(container, window),
    permissions: ContainerSASPermissions.parse('r'),
  };
}

function commonSas(container: ContainerClient, window: LinkWindow): ReadOnlySas {
  return {
    containerName: container.containerName,
    protocol: SASProtocol.Https,
    startsOn: new Date(window.from.getTime() - clockSkewMs),
    expiresOn: window.until,
    ...(window.ip === undefined ? {} : { ipRange: ipRangeOf(window.ip) }),
    ...(window.correlationId === undefined ? {} : { correlationId: window.correlationId }),
  };
}

function ipRangeOf(ip: string): SasIPRange {
  const [start = ip, end] = ip.split('-');
  return end === undefined ? { start } : { start, end };
}
