import { json } from '../answer.ts';
import { presentSigningKeys } from '../present/signing-keys.ts';
import { publicRoute } from '../route.ts';

export const getSigningKeys = publicRoute({
  name: 'getSigningKeys',
  method: 'GET',
  path: 'v1/signing-keys',
  scope: 'public',
  async handle({ services }) {
    return json(200, presentSigningKeys(await services.signer.publicKeys()));
  },
});
