import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogJsonSchema } from './catalog-schema.ts';

/** `npm run catalog:schema`: rewrites the published schema; a test compares it with the one in force. */
const file = join(import.meta.dirname, 'catalog.schema.json');
writeFileSync(file, `${JSON.stringify(catalogJsonSchema(), undefined, 2)}\n`);
