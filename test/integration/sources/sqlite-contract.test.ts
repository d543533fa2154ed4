import { describeSourceContract } from './source-contract.ts';
import { startSqliteHarness } from './sqlite-harness.ts';

describeSourceContract('sqlite', startSqliteHarness);
