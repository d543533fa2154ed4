import { inject } from 'vitest';
import { Api } from './api.ts';

/** The host under test, as its operator sees it. */
export const { databaseAdminUrl } = inject('e2e');
export const api = new Api(inject('e2e').url, inject('e2e').operatorKey);
