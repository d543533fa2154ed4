import type { ExportFiles, FileRef } from '../core/exports/export-files.ts';
import type { Compression } from '../core/exports/export-record.ts';
import type { BlockTarget } from './blocks.ts';

const extensions = { gzip: '.gz', zstd: '.zst', none: '' } as const satisfies Record<
  Compression,
  string
>;

const contentTypes = {
  gzip: 'application/gzip',
  zstd: 'application/zstd',
  none: 'text/csv; charset=utf-8',
} as const satisfies Record<Compression, string>;

/** `orders-00001.csv.gz`; the index begins at 1. */
export function partFileName(
  tableName: string,
  partIndex: number,
  compression: Compression,
): string {
  return `${tableName}-${String(partIndex).padStart(5, '0')}.csv${extensions[compression]}`;
}

/** The type a part is stored and downloaded with. */
export function partContentType(compression: Compression): string {
  return contentTypes[compression];
}

/** A part file in the export's container as a target for blocks. */
export function partTarget(
  files: ExportFiles,
  file: FileRef,
  compression: Compression,
): BlockTarget {
  const contentType = partContentType(compression);
  return {
    stageBlock: (blockIndex, bytes, signal) => files.stageBlock(file, blockIndex, bytes, signal),
    commit: (blockCount, sha256, signal) =>
      files.commitBlocks(file, blockCount, { contentType, sha256 }, signal),
  };
}
