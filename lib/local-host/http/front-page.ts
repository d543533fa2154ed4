import type { HostFunction } from '../loader/functions.ts';
import type { Route } from './route-table.ts';

/** The page at the root of the host: which functions there are and how to reach them. */
export function frontPage(functions: readonly HostFunction[], routes: readonly Route[]): string {
  const rows = functions.map((target) => {
    const route = routes.find((candidate) => candidate.target === target);
    const reach = route === undefined ? '' : `${route.methods.join(', ')} /${route.path}`;
    return `<tr><td>${escapeHtml(target.name)}</td><td>${target.kind}</td><td>${escapeHtml(reach)}</td></tr>`;
  });
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Local Functions host</title>
<style>body{font:16px system-ui;margin:3rem}td,th{padding:.3rem 1.5rem .3rem 0;text-align:left}</style></head>
<body><h1>The local Functions host is running</h1>
<table><tr><th>Function</th><th>Trigger</th><th>Route</th></tr>
${rows.join('\n')}
</table></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
