import { describe, expect, test } from 'vitest';
import {
  checkWebhookUrl,
  requireWebhookUrl,
  type UrlRules,
} from '../../../lib/core/webhooks/url-rules.ts';
import { hostileAddresses, hostileSpellings, publicAddresses } from '../../support/addresses.ts';

const rules: UrlRules = {
  allowLoopback: false,
  extraPorts: [],
  ownHosts: ['sluice.vendor.example'],
};
const development: UrlRules = { ...rules, allowLoopback: true };

describe('S18 the rules for webhook URLs', () => {
  test.each([
    ['https://hooks.example.com/a/b?c=d%20e', 'https://hooks.example.com/a/b?c=d%20e'],
    ['https://Hooks.Example.COM:443', 'https://hooks.example.com/'],
    ['https://xn--bcher-kva.example/x', 'https://xn--bcher-kva.example/x'],
    [
      'https://prod-00.westeurope.logic.azure.com/x',
      'https://prod-00.westeurope.logic.azure.com/x',
    ],
    ['https://mylocal.example/', 'https://mylocal.example/'],
    ['https://hooks.example.com/?mail=a@b.example', 'https://hooks.example.com/?mail=a@b.example'],
  ])('%s is taken, as %s', (text, href) => {
    expect(requireWebhookUrl(text, rules).href).toBe(href);
  });

  test.each(hostileSpellings)('%j is refused', (text) => {
    expect(checkWebhookUrl(text, rules).ok).toBe(false);
  });

  test.each([...hostileAddresses, ...publicAddresses])('the literal %s is refused', (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    for (const text of [
      `https://${host}/`,
      `https://${host}:443/`,
      `https://${host.toUpperCase()}/`,
    ]) {
      expect(checkWebhookUrl(text, rules).ok).toBe(false);
    }
  });

  test.each([
    ['http://hooks.example.com/', 'Use https.'],
    ['ftp://hooks.example.com/', 'Send a complete URL such as https://host/path.'],
    ['hooks.example.com', 'Send a complete URL such as https://host/path.'],
    ['', 'A URL has only visible ASCII characters'],
    ['https://bücher.example/', 'A URL has only visible ASCII characters'],
    ['https://u:p@hooks.example.com/', 'Leave user and password out of the URL'],
    ['https://hooks.example.com/#x', 'Leave out the fragment'],
    ['https://hooks.example.com:8443/', 'Use a permitted port: 443.'],
    ['https://hooks/', 'Use the full name of a public host'],
    ['https://hooks.example.com./', 'Use the full name of a public host'],
    ['https://8.8.8.8/', 'Use a host name, not an address.'],
    ['https://printer.local/', 'This host cannot receive webhooks'],
    ['https://metadata.google.internal/', 'This host cannot receive webhooks'],
    ['https://a.localhost/', 'This host cannot receive webhooks'],
    ['https://management.azure.com/', 'This host cannot receive webhooks'],
    ['https://account.blob.core.windows.net/', 'This host cannot receive webhooks'],
    ['https://v.vault.azure.net/', 'This host cannot receive webhooks'],
    ['https://sluice.vendor.example/', 'This host cannot receive webhooks'],
    ['https://a_b.example.com/', 'Use the full name of a public host'],
    [`https://hooks.example.com/${'x'.repeat(2000)}`, 'at most 2000 characters'],
    [`https://${'a.'.repeat(126)}example/`, 'Use the full name of a public host'],
    [`https://${'a'.repeat(64)}.example/`, 'Use the full name of a public host'],
  ])('%s is refused with what to change', (text, message) => {
    expect(() => requireWebhookUrl(text, rules)).toThrow(
      expect.objectContaining({
        code: 'webhook_url_refused',
        message: expect.stringContaining(message),
      }),
    );
  });

  test('further ports are the operator’s choice', () => {
    const more = { ...rules, extraPorts: [8443] };
    expect(checkWebhookUrl('https://hooks.example.com:8443/', more).ok).toBe(true);
    expect(checkWebhookUrl('https://hooks.example.com:8444/', more)).toEqual({
      ok: false,
      reason: 'Use a permitted port: 443, 8443.',
    });
  });

  test.each([
    'http://localhost:3000/a',
    'https://localhost/',
    'http://127.0.0.1:1/',
    'https://127.0.0.1:8443/',
    'http://[::1]:3000/',
    'http://2130706433:80/',
  ])('in development %s is taken as loopback', (text) => {
    expect(checkWebhookUrl(text, development)).toMatchObject({ ok: true, loopback: true });
    expect(checkWebhookUrl(text, rules).ok).toBe(false);
  });

  test('in development nothing else is opened', () => {
    const others = hostileAddresses.filter((address) => !['127.0.0.1', '::1'].includes(address));
    for (const address of others) {
      const host = address.includes(':') ? `[${address}]` : address;
      expect(checkWebhookUrl(`http://${host}:3000/`, development).ok).toBe(false);
      expect(checkWebhookUrl(`https://${host}/`, development).ok).toBe(false);
    }
    for (const text of ['http://127.0.0.2/', 'http://a.localhost/', 'http://hooks.example.com/']) {
      expect(checkWebhookUrl(text, development).ok).toBe(false);
    }
    expect(checkWebhookUrl('http://u:p@localhost/', development).ok).toBe(false);
  });
});
