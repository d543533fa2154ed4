import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineLog } from '../../../lib/adapters/log/line-log.ts';
import { redact } from '../../../lib/adapters/log/redact.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { formatKey } from '../../../lib/core/keys/key-format.ts';
import { newSigningSecret } from '../../../lib/core/webhooks/signature.ts';
import { secretsIn, secretsOf } from '../../e2e/support/log-check.ts';

const keyText = formatKey({ environment: 'live2', id: 'A'.repeat(12), secret: 'b'.repeat(43) });
const signingSecret = newSigningSecret();
const token = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.${'c'.repeat(40)}`;

/** A text that somebody might log, and what must not be left of it. */
const cases: readonly (readonly [text: string, secret: string])[] = [
  [`key ${keyText} seen`, keyText.slice(-49)],
  [encodeURIComponent(`?key=${keyText}`).replaceAll('_', '%5F'), 'b'.repeat(43)],
  ['https://a.example/exp-1/x.csv?sv=1&sig=aB%2Fc%3D&se=2', 'aB%2Fc'],
  ['next=https%3A%2F%2Fa.example%3Fsig%3DaBc123', 'aBc123'],
  [`secret is ${signingSecret}.`, signingSecret.slice(6, 40)],
  ['Authorization: Bearer abc.DEF-123', 'abc.DEF-123'],
  ['authorization: basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  [`token ${token} refused`, 'c'.repeat(40)],
  ['AccountName=a;AccountKey=Zm9vYmFy==;x', 'Zm9vYmFy'],
  ['postgres://reader:p@ss/w"rd@db.example/app', 'w"rd'],
  ['connect redis://:hunter2@cache', 'hunter2'],
  ['POST grant_type=x&client_secret=hun"ter2', 'ter2'],
  ['pwd=hun\'ter"2', 'ter"2'],
];

describe('S25 redaction', () => {
  test.each(cases)('takes the secret out of %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain('[redacted');
  });

  test('leaves what is no secret', () => {
    for (const text of [
      'request refused',
      'export 0krvf1bx5j80 of tenant acme',
      'https://hooks.example:8443/in?x=1',
      '2026-11-20T12:00:00.000Z',
      'a@b.example',
      'code unknown_table',
    ]) {
      expect(redact(text)).toBe(text);
    }
  });

  test('works on every field of a line, whatever stands around it, and the line stays JSON', () => {
    const around = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(around, fc.constantFrom(...cases), around, (before, [text, secret], after) => {
        const said = `${before} ${text} ${after.replaceAll(secret, '')}`;
        fc.pre(!before.includes(secret));
        const lines: string[] = [];
        const log = createLineLog(
          (line) => lines.push(line),
          () => new Date(0),
        );
        log.info('it happened', { said });
        log.error('it failed', new SluiceError('internal_error', { internal: said }));
        for (const line of lines)
          expect(Object.values(JSON.parse(line)).join()).not.toContain(secret);
        expect(lines).toHaveLength(2);
      }),
    );
  });

  test('takes a bounded number of looks at each character: a megabyte of any beginning ends', () => {
    // Each of these made a pattern start over at every place and run to the end: hours instead of moments.
    const beginnings = [
      ...['eyJ-', 'a.', 'a://b:', 'x://', 'Bearer ', 'slc_a_', 'slc_', 'whsec_', 'sig=', '.eyJa'],
      ...[
        '%3D',
        'a@',
        'AccountKey=',
        'AccountKey',
        '-',
        ' ',
        '+',
        'Basic++',
        'http://u:p@',
        'token%3',
      ],
    ];
    for (const beginning of beginnings) {
      const text = beginning.repeat(1_000_000 / beginning.length);
      expect(redact(`${text} key ${keyText} end`)).not.toContain('b'.repeat(43));
    }
  });

  test('an error that nobody translated tells its class and frames, never its message', () => {
    const lines: string[] = [];
    const log = createLineLog(
      (line) => lines.push(line),
      () => new Date(0),
    );
    const message = 'row (1, ada@example.com)\n    at ada (lovelace.ts:1:1)';
    log.error('it failed', Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' }));
    log.error('it failed', 'ada@example.com');
    expect(lines.join()).not.toMatch(/ada|lovelace/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      code: 'internal_error',
      internal: 'An error that nobody translated: RangeError ERR_OUT_OF_RANGE.',
      cause: 'RangeError',
      frames: expect.stringContaining('redact.test.ts'),
    });
  });

  test('a cause tells its name and frames, never its message: drivers put rows into theirs', () => {
    const lines: string[] = [];
    const log = createLineLog(
      (line) => lines.push(line),
      () => new Date(0),
    );
    const cause = new RangeError('duplicate key value (email)=(ada@example.com)');
    log.error('it failed', new SluiceError('query_failed', { cause }));
    log.error('it failed', new Error('row (1, ada@example.com)', { cause }));
    const [first = '', second = ''] = lines;
    expect(JSON.parse(first)).toMatchObject({ code: 'query_failed', cause: 'RangeError' });
    expect(first).not.toContain('ada@example.com');
    expect(JSON.parse(second)).toMatchObject({ code: 'internal_error', cause: 'Error' });
  });
});

describe('S25 the check of the whole log', () => {
  test('finds each kind of secret, and says where without repeating it', () => {
    const planted = ['the-secret-of-a-setting'];
    const bad = [
      keyText,
      'https://a.example/x?sig=abc',
      signingSecret,
      'AccountKey=abc',
      'postgres://reader:hunter2@db/app',
      token,
      'canary-1',
      'cell beta-secret-4711',
      'the-secret-of-a-setting',
    ];
    const found = secretsIn(['fine', ...bad, 'fine'].join('\n'), planted);
    expect(found.map((text) => Number(/line (\d+)/.exec(text)?.[1]))).toEqual([
      ...bad.map((_, index) => index + 2),
    ]);
    expect(secretsIn(bad.map(redact).join('\n'), []).length).toBeLessThan(bad.length);
    const redacted = [keyText, bad[1], signingSecret, bad[3], bad[4], token].map((text = '') =>
      redact(text),
    );
    expect(secretsIn(redacted.join('\n'), planted)).toEqual([]);
  });

  test('knows the secrets among the settings and inside them', () => {
    const settings = {
      AzureWebJobsStorage: 'AccountName=a;AccountKey=0123456789abcdef==;BlobEndpoint=x',
      SLUICE_REGION: 'westeurope-is-no-secret',
      SLUICE_SECRET_DB: 'postgres://reader:a%2Fpassword-1@db.example/app',
      SLUICE_SECRET_JWK: '{"kty":"OKP","d":"private-half-of-it"}',
    };
    const { SLUICE_SECRET_DB: url, SLUICE_SECRET_JWK: jwk } = settings;
    expect(secretsOf(settings)).toEqual([
      '0123456789abcdef==',
      url,
      'a/password-1',
      jwk,
      'private-half-of-it',
    ]);
  });
});
