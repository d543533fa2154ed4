// A small ES module app, straight from TypeScript, that the tests of the local host run on it.
import './orchestrations.ts';
import './broken-orchestrations.ts';
import './http.ts';
import './timers.ts';
