import { sampleTenants } from '../demo/sample/tenants.ts';
import { operatorKeySetting } from '../setup/new-secrets.ts';

/** What to type first, in another terminal. Names where the operator's key is; never shows it. */
export function firstCommands(url: string, withSampleData: boolean): string {
  const tenant = withSampleData ? sampleTenants.northwind : { id: 'acme', name: 'Acme' };
  const api = `${url}/api`;
  return `
Sluice is ready at ${url}. First commands, for another terminal:

  # Is everything there?
  curl -s ${api}/health/ready

  # The operator's key is in local.settings.json: Values.${operatorKeySetting}
  field() { node -p "JSON.parse(fs.readFileSync(0)).$1"; }
  OPERATOR=$(field Values.${operatorKeySetting} < local.settings.json)

  # A tenant, and a key for it; a key is shown only once
  curl -s ${api}/v1/operator/tenants -H "x-api-key: $OPERATOR" --json '{"id": "${tenant.id}", "name": "${tenant.name}"}'
  KEY=$(curl -s ${api}/v1/operator/tenants/${tenant.id}/keys -H "x-api-key: $OPERATOR" --json '{"name": "first"}' | field key)

  # With that key: what there is, an export of all of it, how far it is, links to fetch it
  curl -s ${api}/v1/tables -H "x-api-key: $KEY"
  ID=$(curl -s ${api}/v1/exports -H "x-api-key: $KEY" --json '{"tables": "all"}' | field id)
  curl -s ${api}/v1/exports/$ID -H "x-api-key: $KEY"
  curl -s ${api}/v1/exports/$ID/links -H "x-api-key: $KEY" --json '{"minutes": 60}'

Ctrl-C stops everything that was started here.
`;
}
