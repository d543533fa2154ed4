import { parseArgs } from 'node:util';
import { requiredSecrets } from '../../lib/core/own-secrets/own-secret.ts';

/** Told when something about the words on the command line is wrong, or when it is asked for. */
export const usage = `usage: npm run secrets -- <command> --vault https://NAME.vault.azure.net
  create         makes those of Sluice's own secrets that are missing; changes none
  check          says of each whether it is there, well-formed, and how old; never its value
  rotate <name>  replaces one of: ${requiredSecrets.map(({ name }) => name).join(', ')}
  --show-operator-key  create, rotate: prints a new operator's key on stdout, once`;

/** What the operator wants done, and where. */
export interface Order {
  readonly command: 'create' | 'check' | 'rotate';
  /** Of the secret to rotate. */
  readonly name: string;
  readonly vaultUrl: string;
  readonly showOperatorKey: boolean;
}

interface Mistaken {
  readonly mistake: string;
}

/** Reads the words of the command line; asks nobody. */
export function readOrder(args: readonly string[]): Order | Mistaken | 'help' {
  const parsed = tryParse(args);
  if ('mistake' in parsed) return parsed;
  const { values, positionals } = parsed;
  if (values.help) return 'help';
  const [command, name = '', ...more] = positionals;
  if (command === undefined) return { mistake: 'Say what to do.' };
  if (!isCommand(command)) return { mistake: `There is no command ${command}.` };
  if (more.length > 0 || (command !== 'rotate' && name !== '')) {
    return { mistake: 'That is one word too many.' };
  }
  if (command === 'rotate' && !requiredSecrets.some((secret) => secret.name === name)) {
    return { mistake: 'Say which secret to rotate.' };
  }
  const vaultUrl = readVaultUrl(values.vault);
  if (vaultUrl === undefined) return { mistake: '--vault takes the address of a vault.' };
  return { command, name, vaultUrl, showOperatorKey: values['show-operator-key'] };
}

function isCommand(text: string): text is Order['command'] {
  return text === 'create' || text === 'check' || text === 'rotate';
}

function tryParse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        vault: { type: 'string' },
        'show-operator-key': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

function readVaultUrl(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, pathname, origin, search } = new URL(text);
  return protocol === 'https:' && pathname === '/' && search === '' ? origin : undefined;
}
