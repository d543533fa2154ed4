import { isRestError } from '@azure/core-rest-pipeline';
import type { SluiceError } from '../../core/errors.ts';
import { secretProblem } from './secret-problem.ts';

export type VaultAct = 'read' | 'set' | 'recover';

/** `secret_unavailable` with a text that tells an operator what to do; no value, no token in it. */
export function vaultTrouble(name: string, act: VaultAct, thrown: unknown): SluiceError {
  return secretProblem(
    `The secret ${name} could not be ${doneBy[act]}: ${reasonOf(thrown)}`,
    thrown,
  );
}

const doneBy: Readonly<Record<VaultAct, string>> = {
  read: 'read',
  set: 'set',
  recover: 'recovered',
};

function reasonOf(thrown: unknown): string {
  if (!isRestError(thrown)) return reasonBeforeTheVault(thrown);
  const { statusCode, message, code } = thrown;
  if (statusCode === 403 && isNetworkRefusal(message)) {
    return 'the firewall of the vault keeps this machine out. Allow its address, or run this from inside the network.';
  }
  if (statusCode === 403) {
    return 'you may not. You need the role Key Vault Secrets Officer on the vault; a new assignment takes some minutes to work.';
  }
  if (statusCode === 401)
    return 'the vault does not take your sign-in. Run az login for its tenant.';
  if (statusCode === 409) {
    return 'its name is taken by a secret that is deleted, or is being deleted. Recover that one, and try again.';
  }
  if (code === 'ENOTFOUND') return 'there is no vault at this address.';
  if (statusCode === undefined) return `the vault does not answer (${code ?? 'no code'}).`;
  return `the vault answered with status ${statusCode} (${code ?? 'no code'}). Try again later.`;
}

/** The words of the service: for an address, for a closed public side, for a private link. */
function isNetworkRefusal(message: string): boolean {
  return /client address|public network access|private link|firewall/i.test(message);
}

function reasonBeforeTheVault(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  if (/Authentication|Credential/.test(name)) return 'nobody is signed in. Run az login.';
  if (name === 'AbortError' || name === 'TimeoutError') return 'the vault did not answer in time.';
  return `the vault could not be asked (${name}).`;
}
