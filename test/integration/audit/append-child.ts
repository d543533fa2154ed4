import { createAuditLog } from '../../../lib/core/audit/audit-log.ts';
import { freshStores } from '../tables/fresh-stores.ts';
import { factsOf } from './chain-world.ts';

// A process of its own that appends events all at once, when it is told to begin.
const [connectionString = '', prefix = '', name = '', count = ''] = process.argv.slice(2);
const store = freshStores(connectionString, prefix).auditRows;
const audit = createAuditLog({ store, clock: () => new Date(), random: Math.random });
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  const startedMs = performance.now();
  const names = Array.from({ length: Number(count) }, (_, index) => `${name}-${index}`);
  await Promise.all(names.map((id) => audit.record('acme', factsOf(id))));
  process.stdout.write(`done in ${Math.round(performance.now() - startedMs)} ms\n`);
  process.stdin.destroy();
});
