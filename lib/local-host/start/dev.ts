import { execFileSync } from 'node:child_process';

/** `npm run dev`: builds and starts; Node's watcher runs it again whenever a file changes. */
execFileSync('tsc', ['-p', 'tsconfig.json'], { stdio: 'inherit' });
await import('./main.ts');
