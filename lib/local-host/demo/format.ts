/** `1234567` as `1,234,567`. */
export function formatCount(value: number): string {
  return new Intl.NumberFormat('en-US').format(value);
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1536` as `1.5 KiB`; whole bytes below one KiB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < byteUnits.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? formatCount(Math.round(value)) : value.toFixed(1);
  return `${text} ${byteUnits[unit] ?? ''}`;
}

/** `850 ms`, `12.3 s` or `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A secret as something that can be recognized but not used: its first characters. */
export function formatSecret(secret: string): string {
  return `${secret.slice(0, Math.min(13, Math.floor(secret.length / 4)))}…`;
}

/** Text as it may be shown: links, keys and signing secrets in it are cut. */
export function redact(text: string): string {
  return text
    .replaceAll(/([?&]sig=)[^&\s"']+/g, '$1…')
    .replaceAll(/\b(slc_[a-z0-9]+_[0-9A-Za-z]{4})[0-9A-Za-z_]+/g, '$1…')
    .replaceAll(/\bwhsec_[A-Za-z0-9+/=]+/g, 'whsec_…');
}
