// Prints one line, `N passed, N failed`, from vitest's JSON report.
import { readFileSync } from 'node:fs';

const [, , path] = process.argv;
const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
  readFileSync(path, 'utf8'),
);
// A file that cannot be loaded has no tests that could fail, and still is a failure.
const failed = Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0);
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
process.stdout.write(`${numPassedTests} passed, ${failed} failed${skipped}\n`);
