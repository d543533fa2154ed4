import { SluiceError } from '../errors.ts';
import { mistakeIn, type OwnSecret } from '../own-secrets/own-secret.ts';
import type { OptionalSecretStore } from '../secrets.ts';
import type { Finding, Probe } from './check.ts';

/** That an optional secret is not there is the usual case, and need not be asked at every look. */
const optionalMaxAgeMs = 60_000;
/** After a wrong value was corrected the right one is taken up this soon, by the whole process. */
const correctedMaxAgeMs = 30_000;

/**
 * Looks whether a secret of Sluice's own is there and can be used. An optional one may be missing, and
 * does not make the app unready when it is no good: most of the work goes on without it.
 */
export function secretProbe(secrets: OptionalSecretStore, secret: OwnSecret): Probe {
  const { name, isRequired } = secret;
  const mistake = async (maxAgeMs?: number): Promise<Finding | undefined> => {
    const value = await secrets.find(name, maxAgeMs);
    if (value === undefined) return isRequired ? missing(name) : undefined;
    const error = await mistakeIn(secret, value);
    return error === undefined ? undefined : { problem: 'malformed', error };
  };
  return {
    name: `secret:${name}`,
    required: isRequired,
    async run() {
      const found = await mistake(isRequired ? undefined : optionalMaxAgeMs);
      return found?.problem === 'malformed' ? mistake(correctedMaxAgeMs) : found;
    },
  };
}

function missing(name: string): Finding {
  const error = new SluiceError('secret_unavailable', {
    internal: `The secret ${name} is missing.`,
  });
  return { problem: 'missing', error };
}
