import { SluiceError } from '../errors.ts';

/** design.md §2. `expired` means that the files are gone. */
export const exportStatuses = [
  'pending',
  'processing',
  'ready',
  'partially_ready',
  'failed',
  'cancelled',
  'expired',
] as const;

export type ExportStatus = (typeof exportStatuses)[number];

/** The only moves there are; `retry` leads back from a finished state to `processing`. */
export const transitions = {
  pending: ['processing', 'failed', 'cancelled'],
  processing: ['ready', 'partially_ready', 'failed', 'cancelled'],
  ready: ['expired'],
  partially_ready: ['processing', 'expired'],
  failed: ['processing', 'expired'],
  cancelled: ['expired'],
  expired: [],
} as const satisfies Record<ExportStatus, readonly ExportStatus[]>;

/** True when an export may go from the one state to the other. */
export function canMove(from: ExportStatus, to: ExportStatus): boolean {
  return (transitions[from] as readonly ExportStatus[]).includes(to);
}

/** Throws `invalid_state` when the move is not in the table. */
export function requireMove(from: ExportStatus, to: ExportStatus): void {
  if (canMove(from, to)) return;
  throw new SluiceError('invalid_state', {
    message: `The export is ${from}; that cannot become ${to}.`,
  });
}

/** True while the orchestration still works on the export. */
export function isRunning(status: ExportStatus): boolean {
  return status === 'pending' || status === 'processing';
}

/** True when the export has a manifest and its files can be fetched. */
export function isFetchable(status: ExportStatus): boolean {
  return status === 'ready' || status === 'partially_ready';
}
