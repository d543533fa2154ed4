import { setTimeout as delay } from 'node:timers/promises';
import { DefaultAzureCredential } from '@azure/identity';
import { createKeyVaultKeeper } from '../../lib/adapters/secrets/key-vault-keeper.ts';
import { runSecrets } from './run-secrets.ts';

/**
 * `npm run secrets -- create | check | rotate NAME --vault URL`: makes, checks and replaces the secrets of
 * Sluice's own in a vault, as whoever is signed in (`az login`). Needs none of the app's settings.
 */
process.exitCode = await runSecrets(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  tell: (text) => process.stderr.write(`${text}\n`),
  openVault: (url) => createKeyVaultKeeper(url, new DefaultAzureCredential()),
  clock: () => new Date(),
  wait: (waitMs) => delay(waitMs),
});
