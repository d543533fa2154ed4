import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../lib/config/config.ts';

const emulator = {
  SLUICE_ENVIRONMENT: 'dev',
  SLUICE_REGION: 'local',
  SLUICE_CATALOG: 'c.json',
  SLUICE_STATE_STORAGE: 'UseDevelopmentStorage=true',
  SLUICE_EXPORT_STORAGE: 'UseDevelopmentStorage=true',
};
const accounts = {
  ...emulator,
  SLUICE_STATE_STORAGE: 'https://state.table.core.windows.net',
  SLUICE_EXPORT_STORAGE: 'https://files.blob.core.windows.net',
};
const otlp = 'OTEL_EXPORTER_OTLP_ENDPOINT';

describe('what is for development only is refused beside real storage', () => {
  test.each(['SLUICE_WEBHOOK_ALLOW_LOOPBACK', 'SLUICE_ISSUER_ALLOW_LOOPBACK'])('%s', (name) => {
    expect(() => loadConfig({ ...accounts, [name]: 'true' })).toThrow(
      `${name} is for development only, and SLUICE_STATE_STORAGE is an account: take it out`,
    );
    expect(() => loadConfig({ ...accounts, [name]: 'false' })).not.toThrow();
    expect(() => loadConfig({ ...emulator, [name]: 'true' })).not.toThrow();
  });

  test('the emulator for one of the two storages', () => {
    const half = { ...accounts, SLUICE_EXPORT_STORAGE: emulator.SLUICE_EXPORT_STORAGE };
    expect(() => loadConfig(half)).toThrow('give both the same kind');
    expect(() => loadConfig(accounts)).not.toThrow();
  });
});

describe('credentials for the OTLP receiver never go by plain http', () => {
  test.each([
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=abc' }, 'http://otlp.example:4318'],
    [{ OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-key=abc' }, 'http://otlp.example:4318'],
    [{}, 'http://user:word@otlp.example:4318'],
  ])('%j to %s', (headers, url) => {
    const load = () => loadConfig({ ...emulator, ...headers, [otlp]: url });
    expect(load).toThrow(`${otlp} is plain http`);
    expect(load).not.toThrow(/abc|word/);
    const overTls = { ...emulator, ...headers, [otlp]: url.replace('http:', 'https:') };
    expect(() => loadConfig(overTls)).not.toThrow();
  });

  test('plain http without any, or to a collector on this machine, is fine', () => {
    expect(() => loadConfig({ ...emulator, [otlp]: 'http://otlp.example:4318' })).not.toThrow();
    const local = { OTEL_EXPORTER_OTLP_HEADERS: 'a=b', [otlp]: 'http://127.0.0.1:4318' };
    expect(() => loadConfig({ ...emulator, ...local })).not.toThrow();
  });
});
