import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostJson } from '../../infra/package/host-json.ts';
import { readOptions } from '../../infra/package/options.ts';
import { checkout } from './support/checkout.ts';

const text = readFileSync(join(checkout, 'host.json'), 'utf8');
const textFor = (backend: 'storage' | 'scheduler') =>
  Buffer.from(hostJson(checkout, backend)).toString('utf8');

test('with storage as the backend host.json stays as it is', () => {
  expect(textFor('storage')).toBe(text);
});

test('with the scheduler only the hub and the bundle change', () => {
  const expected = JSON.parse(text);
  expected.extensionBundle.version = '[4.32.0, 5.0.0)';
  expected.extensions.durableTask.hubName = '%TASKHUB_NAME%';
  expected.extensions.durableTask.storageProvider = {
    type: 'azureManaged',
    connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  };
  expect(JSON.parse(textFor('scheduler'))).toEqual(expected);
});

test('the template sets the settings that the scheduler’s host.json reads', () => {
  const template = readFileSync(join(checkout, 'infra/modules/app-settings.bicep'), 'utf8');
  const { hubName, storageProvider } = JSON.parse(textFor('scheduler')).extensions.durableTask;
  for (const name of [hubName.replaceAll('%', ''), storageProvider.connectionStringName]) {
    expect(template).toContain(`${name}: `);
  }
});

test('the backend is given on the command line, or else by the environment', () => {
  const environment = { SLUICE_PACKAGE_BACKEND: 'scheduler', SLUICE_PACKAGE_CATALOG: '' };
  expect(readOptions([], environment)).toMatchObject({ backend: 'scheduler', catalog: undefined });
  expect(readOptions(['--backend', 'storage'], environment)?.backend).toBe('storage');
  expect(readOptions([], {})?.backend).toBe('storage');
});
