import { type ConnectionOptions, getCACertificates } from 'node:tls';
import type { PostgresSourceConfig } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { SecretStore } from '../../../core/secrets.ts';
import { type ConnectionAddress, parseConnectionUrl } from './connection-address.ts';

export interface PostgresDeps {
  readonly secrets: SecretStore;
  /** The source's name in the catalog, for the log. */
  readonly name: string;
}

/** All that a connection needs. */
export interface ConnectionSettings {
  readonly address: ConnectionAddress;
  /** False: not encrypted, which only a server on this machine may be. */
  readonly tls: ConnectionOptions | false;
}

/**
 * Reads the secrets anew, so that a rotated one works at once. Throws `secret_unavailable` for a secret
 * that holds no connection URL and `source_unreachable` when encryption is off for a distant server.
 */
export async function readConnectionSettings(
  config: PostgresSourceConfig,
  deps: PostgresDeps,
): Promise<ConnectionSettings> {
  const address = readAddress(await deps.secrets.get(config.connection.secret), config, deps);
  if (config.tls.mode === 'disable' && !address.isLocal) throw encryptionNeeded(deps);
  // PostgreSQL offers no TLS on a unix socket, and nobody can listen in on one.
  if (config.tls.mode === 'disable' || address.isSocket) return { address, tls: false };
  return { address, tls: await verifyingTls(config, deps) };
}

function readAddress(
  url: string,
  config: PostgresSourceConfig,
  deps: PostgresDeps,
): ConnectionAddress {
  try {
    return parseConnectionUrl(url);
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : 'it cannot be read';
    throw new SluiceError('secret_unavailable', {
      message: 'The connection to the data source is not set up correctly. Tell the operator.',
      internal: `Source ${deps.name}: the secret ${config.connection.secret} holds no connection URL: ${reason}.`,
      cause: error,
    });
  }
}

function encryptionNeeded(deps: PostgresDeps): SluiceError {
  return new SluiceError('source_unreachable', {
    message: 'The connection to the data source is not set up safely. Tell the operator.',
    internal:
      `Source ${deps.name}: tls.mode "disable" is for a server on this machine (loopback or unix socket). ` +
      'Set tls.mode to "verify" in the catalog, and tls.caSecret if the server has its own authority.',
  });
}

async function verifyingTls(
  config: PostgresSourceConfig,
  deps: PostgresDeps,
): Promise<ConnectionOptions> {
  const { caSecret } = config.tls;
  const further = caSecret === undefined ? [] : [await deps.secrets.get(caSecret)];
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ca: [...getCACertificates('default'), ...further],
  };
}
