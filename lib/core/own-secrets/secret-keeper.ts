/** Where the operator makes and changes secrets. Every read asks; nothing is kept in memory. */
export interface SecretKeeper {
  /** All methods throw `secret_unavailable`, saying what the operator can do about it. */
  look(name: string): Promise<KeptSecret>;
  /** Sets the value as a new version, which is then the current one. */
  write(name: string, value: string, label: SecretLabel): Promise<void>;
  /** Brings a deleted secret back as it was; resolves when it can be read. */
  recover(name: string): Promise<void>;
}

/** `deleted`: its name is taken until it is recovered, or gone for good. */
export type KeptSecret =
  | { readonly state: 'present'; readonly value: string; readonly madeAt: Date }
  | { readonly state: 'missing' }
  | { readonly state: 'disabled' }
  | { readonly state: 'deleted'; readonly goneAt?: Date };

/** What a person who looks into the store reads beside the name. */
export interface SecretLabel {
  /** The form of the value. */
  readonly contentType: string;
  readonly purpose: string;
}
