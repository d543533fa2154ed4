import type { Random } from './random.ts';

// Invented: syllables that make pronounceable names of nobody, in several scripts.
const firstNames = [
  'Avelin',
  'Bromir',
  'Cadira',
  'Dovane',
  'Elbrun',
  'Fenja',
  'Gorwin',
  'Hesper',
  'Ilmar',
  'Jorinde',
  'Kelvar',
  'Lumi',
  'Mirelle',
  'Norwen',
  'Ottilde',
  'Perrin',
  'Quessa',
  'Rünar',
  'Soléa',
  'Tamsin',
  'Ulvar',
  'Vespera',
  'Wenja',
  'Xandrel',
  'Ysolt',
  'Žofka',
] as const;
const lastNames = [
  'Aldermoor',
  'Birkenfels',
  'Corvane',
  "D'Arvenne",
  'Eastwick-Lorne',
  'Fjordholm',
  'Grünwaldt',
  'Hollowmere',
  'Isenbruck',
  'Järvelund',
  'Kestrelby',
  'Lindqvale',
  'Morwenna',
  'Nightbrook',
  "O'Brannoch",
  'Pellamere',
  'Quillfeather',
  'Ravenholt',
  'Søndervig',
  'Thistledown',
  'Umberfield',
  'Valcourt, Jr.',
  'Wolkenstein',
  'Yarrowby',
  'Zimmerau',
] as const;

export interface SamplePerson {
  readonly fullName: string;
  /** For the part of an e-mail address before the @: plain letters and dots. */
  readonly mailName: string;
}

/** A person who does not exist. */
export function somePerson(random: Random): SamplePerson {
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  return { fullName: `${first} ${last}`, mailName: `${plain(first)}.${plain(last)}` };
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll('ø', 'o')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
}
