import type { RpcCookie } from '../loader/core-types.ts';

const sameSiteNames: Readonly<Record<string, string>> = {
  lax: 'Lax',
  strict: 'Strict',
  explicitnone: 'None',
};

/** A cookie as the text of a Set-Cookie header. */
export function formatCookie(cookie: RpcCookie): string {
  const sameSite = sameSiteNames[(cookie.sameSite ?? '').toLowerCase()];
  const parts = [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    cookie.expires === undefined ? '' : `expires=${toDate(cookie.expires.value).toUTCString()}`,
    cookie.maxAge === undefined ? '' : `max-age=${cookie.maxAge.value}`,
    cookie.domain === undefined ? '' : `domain=${cookie.domain.value}`,
    cookie.path === undefined ? '' : `path=${cookie.path.value}`,
    cookie.secure?.value === true ? 'secure' : '',
    sameSite === undefined ? '' : `samesite=${sameSite.toLowerCase()}`,
    cookie.httpOnly?.value === true ? 'httponly' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function toDate(value: Date | { readonly seconds: number }): Date {
  return value instanceof Date ? value : new Date(Number(value.seconds) * 1_000);
}
