import { compareVersions } from './compare-versions.ts';

/** Which instances a host works on: all, those of its own version, or those that are not newer either. */
export const matchStrategies = ['None', 'Strict', 'CurrentOrOlder'] as const;
/** What becomes of the others: they are left for another host, or they fail. */
export const failureStrategies = ['Reject', 'Fail'] as const;

/** What host.json says of orchestration versions. */
export interface Versioning {
  /** The version of this host and of what is started without one; undefined for none. */
  readonly defaultVersion: string | undefined;
  readonly matchStrategy: (typeof matchStrategies)[number];
  readonly failureStrategy: (typeof failureStrategies)[number];
}

/** Whether a host works on instances of a version (null for none). */
export function isVersionMatched(versioning: Versioning, version: string | null): boolean {
  const own = versioning.defaultVersion ?? null;
  switch (versioning.matchStrategy) {
    case 'None':
      return true;
    case 'Strict':
      return version === own;
    case 'CurrentOrOlder':
      return compareVersions(version, own) <= 0;
  }
}

/** The failure of an instance that does not match, in the shape and words of DurableTask.Core. */
export const versionMismatch = {
  ErrorType: 'VersionMismatch',
  ErrorMessage: 'Orchestration version did not comply with Worker Versioning',
  StackTrace: null,
  InnerFailure: null,
  IsNonRetriable: true,
  Properties: null,
} as const;

export type VersionMismatch = typeof versionMismatch;
