/** What breaks naive CSV writers and readers. No text holds NUL, which SQLite's own tools cut at. */
export const awkwardTexts: readonly [string, ...string[]] = [
  '',
  ' ',
  '  leading and trailing spaces  ',
  '\ttabs\tin\tbetween\t',
  'commas, more commas, and, a last one,',
  'She said "no". Then: ""really"" no.',
  '"',
  '""',
  '","',
  'line one\nline two\n\nline four',
  'Windows line one\r\nWindows line two\r\n',
  'an old Mac\rline',
  '\n',
  'ends with a quote and a break"\n',
  '=1+1',
  '=HYPERLINK("https://example.com","click")',
  '+1 555 0100',
  '-2+3',
  '@SUM(A1:A9)',
  "'already guarded",
  '＝full-width equals',
  'NULL',
  'null',
  '\\N',
  'true',
  '007',
  '1e5',
  '2026-02-30',
  'emoji: 🩺💻🚚 family: 👩‍👩‍👧‍👦 flag: 🇫🇮',
  'combining: e\u0301 a\u030a, precomposed: é å',
  'עברית: המסך שחור אחרי שינה',
  'العربية: الشاشة سوداء بعد السكون',
  'mixed \u202bמימין לשמאל\u202c and back',
  '日本語：画面が真っ暗です',
  'zero\u200bwidth and no\u00a0break',
  '\ufeffstarts with a byte order mark',
  'backslash \\ and slash / and `tick` and $dollar',
  '<script>alert("x")</script> & &amp;',
  '{"json": ["inside", "text"]}',
  'a;b;c|d|e',
  '# not a comment',
  'control: \u0001\u0007\u001b[31m',
];

/** Some 100 KB of many quoted lines; different for each number. */
export function longText(number: number): string {
  const line = (index: number): string =>
    `${number}.${index}: "${'step by step, '.repeat(index % 7)}" — über 20 °C\n`;
  return Array.from({ length: 1_500 }, (_, index) => line(index)).join('');
}
