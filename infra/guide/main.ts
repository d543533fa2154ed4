import { writeFileSync } from 'node:fs';
import { guidePath, readGuide } from './read-guide.ts';

/** `npm run guide`: writes the tables of the guide anew from what they are about. */
writeFileSync(guidePath, readGuide().shouldStand);
