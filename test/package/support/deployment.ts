import { newSecrets, operatorKeySetting } from '../../../lib/local-host/setup/new-secrets.ts';
import type { Azurite } from '../../support/azurite.ts';

/** The settings that a deployment gives the packaged app, with the emulator for its storage. */
export async function deploymentSettings(azurite: Azurite): Promise<Deployment> {
  const secrets = await newSecrets();
  return {
    operatorKey: secrets[operatorKeySetting] ?? '',
    settings: {
      AzureWebJobsStorage: azurite.connectionString,
      SLUICE_ENVIRONMENT: 'test',
      SLUICE_REGION: 'local',
      SLUICE_CATALOG: 'catalog.json',
      SLUICE_ISSUERS: 'issuers.json',
      SLUICE_WEBHOOK_CA_FILE: 'webhook-ca.pem',
      SLUICE_STATE_STORAGE: azurite.connectionString,
      SLUICE_EXPORT_STORAGE: azurite.connectionString,
      ...secrets,
    },
  };
}

export interface Deployment {
  readonly operatorKey: string;
  readonly settings: Readonly<Record<string, string>>;
}
