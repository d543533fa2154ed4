import type { Stored } from '../stored.ts';

/**
 * Which tenant an issuer belongs to. It only points: the issuer counts when that tenant's own record
 * names it too.
 */
export interface IssuerStore {
  /** The tenant's id. */
  find(issuer: string): Promise<Stored<string> | undefined>;
  /**
   * Points to this tenant: where nothing points yet, or, with an etag, where the pointer is as it was
   * read. False when somebody else was faster. Claiming one's own pointer again gives it another etag.
   */
  claim(issuer: string, tenantId: string, etag?: string): Promise<boolean>;
  /** Forgets the issuer if its pointer is as it was read. */
  release(issuer: string, etag: string): Promise<void>;
}
