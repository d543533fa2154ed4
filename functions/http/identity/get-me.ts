import { json } from '../answer.ts';
import { presentMe } from '../present/me.ts';
import { tenantRoute } from '../route.ts';

export const getMe = tenantRoute({
  name: 'getMe',
  method: 'GET',
  path: 'v1/auth/me',
  scope: 'signed-in',
  async handle({ principal }) {
    return json(200, presentMe(principal));
  },
});
