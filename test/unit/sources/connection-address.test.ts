import { expect, test } from 'vitest';
import { parseConnectionUrl } from '../../../lib/adapters/sources/postgres/connection-address.ts';

const base = { user: 'u', password: 'p', port: 5432, database: 'd', isSocket: false };

test.each([
  ['postgres://u:p@db.example.com/d', { ...base, host: 'db.example.com', isLocal: false }],
  ['postgresql://u:p@localhost:6000/d', { ...base, host: 'localhost', port: 6000, isLocal: true }],
  ['postgres://u:p@127.0.0.53/d', { ...base, host: '127.0.0.53', isLocal: true }],
  ['postgres://u:p@[::1]/d', { ...base, host: '::1', isLocal: true }],
  [
    'postgres://u:p@127.0.0.1.example.com/d',
    { ...base, host: '127.0.0.1.example.com', isLocal: false },
  ],
  ['postgres://u:p@h/', { ...base, host: 'h', database: 'u', isLocal: false }],
  [
    ' postgres://u%40x:p%2F%3A@h/d%20e?sslmode=disable ',
    {
      ...base,
      user: 'u@x',
      password: 'p/:',
      host: 'h',
      database: 'd e',
      isLocal: false,
    },
  ],
  ['postgres://u:p@%2Fvar%2Frun/d', { ...base, host: '/var/run', isLocal: true, isSocket: true }],
])('reads %s', (text, expected) => {
  expect(parseConnectionUrl(text)).toEqual(expected);
});

test.each([
  ['', 'of the form'],
  ['canary', 'of the form'],
  ['mysql://u:canary@h/d', 'of the form'],
  ['postgres://u:canary@h:99999/d', 'of the form'],
  ['postgres://:canary@h/d', 'no host or no user'],
  ['postgres:///d', 'no host or no user'],
  ['postgres://u:canary%@h/d', '%25'],
  ['postgres://u:p@h/d?host=localhost', 'not supported'],
  ['postgres://u:1?canary@h/d', 'not supported'],
  ['postgres://u:p@h/d?options=-crow_security%3Doff', 'not supported'],
])('refuses %s with a reason and without its text', (text, reason) => {
  const attempt = () => parseConnectionUrl(text);
  expect(attempt).toThrow(TypeError);
  expect(attempt).toThrow(reason);
  expect(attempt).not.toThrow('canary');
});
