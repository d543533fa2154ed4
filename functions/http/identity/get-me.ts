import { json } from '../answer.ts';
import { presentKeysMe, presentUsersMe } from '../present/me.ts';
import { tenantRoute } from '../route.ts';

export const getMe = tenantRoute({
  name: 'getMe',
  method: 'GET',
  path: 'v1/auth/me',
  scope: 'signed-in',
  async handle({ principal, services }) {
    if (principal.kind === 'user') return json(200, presentUsersMe(principal));
    return json(200, presentKeysMe(principal, await services.keys.own(principal)));
  },
});
