import { startPostgresHarness } from './postgres-harness.ts';
import { describeSourceContract } from './source-contract.ts';

describeSourceContract('postgres', async () => {
  const harness = await startPostgresHarness();
  return {
    source: harness.source(),
    execute: harness.database.asOwner,
    close: harness.close,
  };
});
