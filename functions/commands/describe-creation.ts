import type { Creation } from '../../lib/core/own-secrets/create-secrets.ts';
import type { Unsound } from '../../lib/core/own-secrets/inspect.ts';

/** One line on what came of a secret; no value. */
export function describeCreation(creation: Creation, vaultUrl: string): string {
  const { name } = creation;
  switch (creation.outcome) {
    case 'made':
      return `${name}: made.`;
    case 'kept':
      return `${name}: is there, left as it is.`;
    case 'blocked':
      return describeUnsound(name, creation.by, vaultUrl);
  }
}

/** What is the matter with a secret, and what to do. */
export function describeUnsound(name: string, found: Unsound, vaultUrl: string): string {
  const named = `--vault-name ${vaultName(vaultUrl)} --name ${name}`;
  switch (found.state) {
    case 'missing':
      return `${name}: is missing. Make it: npm run secrets -- create --vault ${vaultUrl}`;
    case 'disabled':
      return `${name}: is there but disabled, so nobody can read it. Enable it: az keyvault secret set-attributes ${named} --enabled true`;
    case 'deleted':
      return `${name}: is deleted, and its name is taken${until(found.goneAt)}. Recover it: az keyvault secret recover ${named}`;
    case 'malformed':
      return `${name}: is there, but no good. ${found.why} An earlier version may be good: az keyvault secret list-versions ${named}. Set that value again, or else a right one: az keyvault secret set ${named} --file FILE`;
  }
}

/** How to read a secret's value. */
export function readingHint(vaultUrl: string, name: string): string {
  return `To read ${name} when you need it: az keyvault secret show --vault-name ${vaultName(vaultUrl)} --name ${name} --query value --output tsv`;
}

/** The name of the vault at this address. */
export function vaultName(vaultUrl: string): string {
  const [name = ''] = new URL(vaultUrl).hostname.split('.');
  return name;
}

function until(goneAt: Date | undefined): string {
  return goneAt === undefined ? '' : ` until ${goneAt.toISOString().slice(0, 10)}`;
}
