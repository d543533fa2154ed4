import { join } from 'node:path';
import { Bicep } from './bicep/bicep.ts';
import { findBicep } from './bicep/find-bicep.ts';
import { check } from './check.ts';

const root = join(import.meta.dirname, '../..');

/** Checks the templates where there is a Bicep CLI; where there is none, says that nothing was checked. */
async function main(): Promise<void> {
  const found = findBicep(process.env, root);
  if ('missing' in found) {
    if (found.failed) process.exitCode = 1;
    console.log(`infra: nothing was checked: ${found.missing}`);
    return;
  }
  const folder = join(root, 'infra');
  const bicep = Bicep.start(found.path, folder);
  try {
    const { findings, files, stamps } = await check(bicep, folder);
    for (const finding of findings) console.error(finding);
    if (findings.length > 0) process.exitCode = 1;
    const counts = `${files} files, ${stamps} stamps, ${findings.length} findings`;
    console.log(`infra: ${counts} (${found.version}).`);
  } finally {
    bicep.close();
  }
}

await main();
