import { execFileSync } from 'node:child_process';

// Before `npm run test:e2e`. A host that is named by SLUICE_E2E_URL may watch the app's folder and take a build
// for a new version in the middle of the suite; what it runs was built before it was started.

const url = process.env['SLUICE_E2E_URL'] ?? '';
if (url === '') execFileSync('tsc', ['-p', 'tsconfig.json'], { stdio: 'inherit' });
else process.stdout.write(`Nothing is built: ${url} runs what it was started with.\n`);
