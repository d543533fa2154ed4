/**
 * Which tenant an issuer belongs to. It only points: the issuer counts when that tenant's own record
 * names it too.
 */
export interface IssuerStore {
  /** The tenant's id. */
  find(issuer: string): Promise<string | undefined>;
  /** Points to this tenant from now on, whatever it pointed to. */
  claim(issuer: string, tenantId: string): Promise<void>;
  /** Forgets the issuer if it points to this tenant. */
  release(issuer: string, tenantId: string): Promise<void>;
}
