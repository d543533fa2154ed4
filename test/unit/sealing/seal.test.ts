import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newDataKey, unwrapDataKey, wrapDataKey } from '../../../lib/core/sealing/data-key.ts';
import { open, seal } from '../../../lib/core/sealing/seal.ts';

const context = { tenantId: 'acme', recordId: 'endpoint-1', field: 'signingSecret' };
const broken = { code: 'internal_error', message: 'Something went wrong on our side.' };

describe('sealed texts', () => {
  test('open to the same text, for any text and context', () => {
    const part = fc.string({ unit: 'grapheme' });
    const contexts = fc.record({ tenantId: part, recordId: part, field: part });
    fc.assert(
      fc.property(part, contexts, (text, where) => {
        const dataKey = newDataKey();
        expect(open(dataKey, seal(dataKey, text, where), where)).toBe(text);
      }),
    );
  });

  test('never look the same twice, and never hold the text', () => {
    const dataKey = newDataKey();
    const sealed = Array.from({ length: 100 }, () => seal(dataKey, 'whsec_secret', context));
    expect(new Set(sealed).size).toBe(100);
    for (const text of sealed) {
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('whsec_secret');
    }
  });

  test('fail when any single byte is flipped', () => {
    const dataKey = newDataKey();
    const bytes = Buffer.from(seal(dataKey, 'a secret', context), 'base64url');
    for (let place = 0; place < bytes.length; place++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(bytes);
        changed[place] = (bytes[place] ?? 0) ^ (1 << bit);
        const sealed = changed.toString('base64url');
        expect(() => open(dataKey, sealed, context)).toThrow(expect.objectContaining(broken));
      }
    }
  });

  test('fail when a character is added, dropped or replaced', () => {
    const dataKey = newDataKey();
    const sealed = seal(dataKey, 'a secret', context);
    const edit = fc.tuple(
      fc.nat(sealed.length),
      fc.nat(2),
      fc.constantFrom(...'ABCxyz019-_=+/ \n'),
    );
    fc.assert(
      fc.property(edit, ([place, dropped, character]) => {
        const changed = sealed.slice(0, place) + character + sealed.slice(place + dropped);
        fc.pre(changed !== sealed);
        expect(() => open(dataKey, changed, context)).toThrow(expect.objectContaining(broken));
      }),
    );
  });

  test('fail when cut short, and when empty', () => {
    const dataKey = newDataKey();
    const sealed = seal(dataKey, 'a secret', context);
    for (let length = 0; length < sealed.length; length++) {
      const cut = sealed.slice(0, length);
      expect(() => open(dataKey, cut, context)).toThrow(expect.objectContaining(broken));
    }
  });

  test.each([
    ['tenant', { ...context, tenantId: 'other' }],
    ['record', { ...context, recordId: 'endpoint-2' }],
    ['field', { ...context, field: 'authSecret' }],
    ['split of the same characters', { ...context, tenantId: 'acmee', recordId: 'ndpoint-1' }],
  ])('do not open for another %s', (_, elsewhere) => {
    const dataKey = newDataKey();
    const sealed = seal(dataKey, 'a secret', context);
    expect(() => open(dataKey, sealed, elsewhere)).toThrow(expect.objectContaining(broken));
  });

  test('do not open under another data key', () => {
    const sealed = seal(newDataKey(), 'a secret', context);
    expect(() => open(newDataKey(), sealed, context)).toThrow(expect.objectContaining(broken));
  });

  test('fail without telling the key or the text', () => {
    const dataKey = newDataKey();
    const sealed = seal(dataKey, 'the plain text', context);
    const error = errorOf(() => open(dataKey, `${sealed}A`, context));
    const said = JSON.stringify([error, String(error), Object.values(Object(error))]);
    expect(said).not.toContain('the plain text');
    expect(said).not.toContain(sealed);
    expect(said).not.toContain(Buffer.from(dataKey).toString('base64'));
  });
});

describe('data keys', () => {
  const masterKey = randomBytes(32).toString('base64');

  test('are 32 bytes and never the same', () => {
    const keys = Array.from({ length: 50 }, () => Buffer.from(newDataKey()).toString('hex'));
    expect(new Set(keys).size).toBe(50);
    expect(keys.every((key) => key.length === 64)).toBe(true);
  });

  test('unwrap for their tenant only', () => {
    const dataKey = newDataKey();
    const wrapped = wrapDataKey(masterKey, 'acme', dataKey);
    expect(Buffer.from(unwrapDataKey(masterKey, 'acme', wrapped))).toEqual(Buffer.from(dataKey));
    expect(() => unwrapDataKey(masterKey, 'other', wrapped)).toThrow(
      expect.objectContaining(broken),
    );
  });

  test('do not unwrap under another master key, nor as a sealed field', () => {
    const wrapped = wrapDataKey(masterKey, 'acme', newDataKey());
    const otherKey = randomBytes(32).toString('base64');
    expect(() => unwrapDataKey(otherKey, 'acme', wrapped)).toThrow(expect.objectContaining(broken));
    const asField = { tenantId: 'acme', recordId: '', field: '' };
    expect(() => open(Buffer.from(masterKey, 'base64'), wrapped, asField)).toThrow(
      expect.objectContaining(broken),
    );
  });

  test.each([
    ['empty', ''],
    ['too short', randomBytes(31).toString('base64')],
    ['too long', randomBytes(33).toString('base64')],
    ['hex', randomBytes(32).toString('hex')],
    ['no base64', '!'.repeat(44)],
  ])('a master key that is %s is refused by name, not by value', (_, wrongKey) => {
    const error = errorOf(() => wrapDataKey(wrongKey, 'acme', newDataKey()));
    expect(error).toMatchObject({
      code: 'secret_unavailable',
      internal: 'The secret sluice-master-key must be 32 random bytes as base64.',
    });
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}
