import { runSecrets } from '../../../functions/commands/run-secrets.ts';
import { createKeyVaultKeeper } from '../../../lib/adapters/secrets/key-vault-keeper.ts';
import { createKeyVaultSecrets } from '../../../lib/adapters/secrets/key-vault-secrets.ts';
import type { SecretKeeper } from '../../../lib/core/own-secrets/secret-keeper.ts';
import { type FakeVault, startFakeVault, vaultToken } from './fake-vault.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

export const credential = {
  getToken: async () => ({ token: vaultToken, expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** A vault, its operator at the command line, a clock, and as many processes of the app as wanted. */
export async function operatorWorld(certificate: Parameters<typeof startFakeVault>[0]) {
  const time = { now: Date.UTC(2026, 2, 1) };
  const clock = () => new Date(time.now);
  const vault = await startFakeVault(certificate, clock);
  const waits: number[] = [];
  let whileWaiting: (waitMs: number) => Promise<void> = async () => {};
  const command = async (args: readonly string[]) => {
    const [printed, told]: [string[], string[]] = [[], []];
    const code = await runSecrets(args, {
      print: (text) => void printed.push(text),
      tell: (text) => void told.push(text),
      openVault: (url) => createKeyVaultKeeper(url, credential),
      clock,
      async wait(waitMs) {
        waits.push(waitMs);
        await whileWaiting(waitMs);
        time.now += waitMs;
      },
    });
    return { code, printed: printed.join('\n'), told: told.join('\n') };
  };
  return {
    vault,
    time,
    clock,
    waits,
    /** Done whenever the command waits; the clock goes on by itself. */
    duringWaits(act: (waitMs: number) => Promise<void>) {
      whileWaiting = act;
    },
    command,
    /** Runs the command against the vault through the real SDK. */
    run: (...args: readonly string[]) => command([...args, '--vault', vault.url]),
    /** The secrets as one process of the app sees them, each kept for ten minutes. */
    process: () => createKeyVaultSecrets(vault.url, credential, clock),
    value: (name: string) => valueIn(vault, name),
    [Symbol.asyncDispose]: () => vault[Symbol.asyncDispose](),
  };
}

export type OperatorWorld = Awaited<ReturnType<typeof operatorWorld>>;

/** Every value that the vault holds or ever held; none may be told. */
export function valuesIn(vault: FakeVault, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => vault.versions(name).map(({ value }) => value));
}

/** A keeper that dies when it is to write this secret. */
export function dyingAt(keeper: SecretKeeper, name: string): SecretKeeper {
  return {
    ...keeper,
    async write(written, value, label) {
      if (written === name) throw new Error('the machine went off');
      await keeper.write(written, value, label);
    },
  };
}

function valueIn(vault: FakeVault, name: string): string {
  const newest = vault.versions(name).at(-1);
  if (newest === undefined) throw new Error(`The vault has no ${name}.`);
  return newest.value;
}
