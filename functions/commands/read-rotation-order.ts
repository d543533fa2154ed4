import { parseArgs } from 'node:util';
import type { Environment } from '../../lib/config/env.ts';

const usage = `usage: npm run rotate-master-key -- --vault https://NAME.vault.azure.net --state https://NAME.table.core.windows.net
  --vault, --state   vaultUri and stateUrl of the deployment's outputs; whoever is signed in (az login) does it
  without both       the app's settings in the environment say where`;

/** Where to rotate: a stamp in Azure, or what the settings in the environment name. */
export type RotationOrder =
  | { readonly kind: 'stamp'; readonly vaultUrl: string; readonly stateUrl: string }
  | { readonly kind: 'settings' };

interface Told {
  readonly usage: string;
  readonly exitCode: number;
}

/** Reads the words of the command line; asks nobody. */
export function readRotationOrder(args: readonly string[], env: Environment): RotationOrder | Told {
  const parsed = tryParse(args);
  if (typeof parsed === 'string') return mistaken(parsed);
  const { vault, state, help } = parsed;
  if (help) return { usage, exitCode: 0 };
  if (vault === undefined && state === undefined) {
    const isSet = env['SLUICE_STATE_STORAGE'] !== undefined;
    return isSet
      ? { kind: 'settings' }
      : mistaken('Say where: the environment holds no settings of the app either.');
  }
  if (vault === undefined || state === undefined) {
    return mistaken('--vault and --state belong together; both are outputs of the deployment.');
  }
  const wrong = Object.entries({ '--vault': vault, '--state': state }).find(
    ([, url]) => !isHttps(url),
  );
  if (wrong !== undefined) return mistaken(`${wrong[0]} takes an https address.`);
  return { kind: 'stamp', vaultUrl: vault, stateUrl: state.replace(/\/+$/, '') };
}

function mistaken(mistake: string): Told {
  return { usage: `${mistake}\n${usage}`, exitCode: 2 };
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}

function tryParse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        vault: { type: 'string' },
        state: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
