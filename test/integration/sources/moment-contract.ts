import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorTable } from '../../../lib/core/errors.ts';
import type { Source } from '../../../lib/core/sources/source.ts';
import { catalogTable } from './catalog-table.ts';
import { drain, failureOf, until } from './read-stream.ts';

/**
 * Something that a vendor's own people do to a table while it is read: what it holds before and after.
 * Both are told apart by `v`, so that a mixture shows.
 */
export interface Attack {
  readonly name: string;
  /** Run before each try, outside of any transaction; makes `name` of the catalog anew. */
  readonly prepare: string;
  /** Statements of one transaction, or statements that must each stand alone. */
  readonly statements: readonly string[];
  /** False for what the database refuses in a transaction. */
  readonly inTransaction?: boolean;
  /** What is read; `target` unless the attack goes for something beneath it. */
  readonly from?: string;
  /** The values of `v` that are right, each with its number of rows. */
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
}

/** A second way into the database of the source, as the vendor's own people have it. */
export interface Attacker {
  /** Commits each statement. */
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}

export interface MomentHarness {
  readonly source: Source;
  attacker(): Promise<Attacker>;
  /** True while something waits for what somebody else holds: both ends look at each other. */
  isWaiting(): Promise<boolean>;
  close(): Promise<void>;
}

const steps = ['opening', 'describing', 'counting', 'streaming'] as const;
type Step = (typeof steps)[number];

/**
 * The rows of one moment, attacked: whatever is done to the table before, between or in the steps, an
 * export has all rows of before, all rows of after, or fails with a code that passes; never fewer.
 */
export function describeMomentContract(
  name: string,
  attacks: readonly Attack[],
  start: () => Promise<MomentHarness>,
): void {
  describe(`the moment of ${name}`, () => {
    let harness: MomentHarness;
    let attacker: Attacker;

    beforeAll(async () => {
      harness = await start();
      attacker = await harness.attacker();
    });

    afterAll(async () => {
      await attacker?.close();
      await harness?.source.close();
      await harness?.close();
    });

    const cases = attacks.flatMap((attack) => steps.map((step) => ({ attack, step })));

    test.each(cases.map(({ attack, step }) => [attack.name, step, attack] as const))(
      'X1 no row is missing after: %s, while it is %s',
      async (_, step, attack) => {
        await attacker.run(attack.prepare);
        const attacked = new Attacked(harness, attacker, attack, step);
        expectWhole(await attacked.read(), attack);
        await attacked.over();
        // Whatever came of the first, the next export has the new rows.
        expect(await readAll(harness.source, attack)).toEqual(attack.after);
      },
    );

    test.each(attacks.map((attack) => [attack.name, attack] as const))(
      'X1 no row is missing when it waits for the end of: %s',
      async (_, attack) => {
        if (attack.inTransaction === false) return;
        await attacker.run(attack.prepare);
        await attacker.run(`begin; ${attack.statements.join('; ')}`);
        const reading = settled(readAll(harness.source, attack));
        // Either it waits for the attack, or it is done without: then it has the old rows.
        await Promise.race([reading, until(() => harness.isWaiting(), 'the reader waits')]);
        await attacker.run('commit');
        expectWhole(await reading, attack);
        expect(await readAll(harness.source, attack)).toEqual(attack.after);
      },
    );
  });
}

type Outcome = Readonly<Record<string, number>> | { readonly failure: string };

class Attacked {
  readonly #harness: MomentHarness;
  readonly #attacker: Attacker;
  readonly #attack: Attack;
  readonly #step: Step;
  #running: Promise<void> = Promise.resolve();

  constructor(harness: MomentHarness, attacker: Attacker, attack: Attack, step: Step) {
    this.#harness = harness;
    this.#attacker = attacker;
    this.#attack = attack;
    this.#step = step;
  }

  read(): Promise<Outcome> {
    return settled(readAll(this.#harness.source, this.#attack, (step) => this.#before(step)));
  }

  over(): Promise<void> {
    return this.#running;
  }

  /** Strikes, and goes on when the blow has landed or has to wait for the reader. */
  async #before(step: Step): Promise<void> {
    if (step !== this.#step) return;
    const { statements, inTransaction = true } = this.#attack;
    const sql = inTransaction ? [`begin; ${statements.join('; ')}; commit`] : statements;
    let isDone = false;
    this.#running = (async () => {
      for (const each of sql) await this.#attacker.run(each);
      isDone = true;
    })();
    this.#running.catch(() => {});
    await until(
      async () => isDone || (await this.#harness.isWaiting()),
      'the attack lands or waits',
    );
  }
}

async function readAll(
  source: Source,
  attack: Attack,
  before: (step: Step) => Promise<void> = async () => {},
): Promise<Readonly<Record<string, number>>> {
  const table = catalogTable('target', { from: attack.from ?? 'target', key: [] });
  const signal = new AbortController().signal;
  await before('opening');
  await using snapshot = await source.openSnapshot({
    tenantSourceId: 'acme',
    tables: [table],
    signal,
  });
  await before('describing');
  const columns = (await snapshot.describe(table)).filter(({ name }) => name === 'v');
  await before('counting');
  const counted = await snapshot.count({ table, columns });
  await before('streaming');
  const { cells } = await drain(await snapshot.stream({ table, columns }));
  expect(cells.length).toBe(counted);
  const rows: Record<string, number> = {};
  for (const [v] of cells) rows[String(v)] = (rows[String(v)] ?? 0) + 1;
  return rows;
}

async function settled(reading: Promise<Readonly<Record<string, number>>>): Promise<Outcome> {
  try {
    return await reading;
  } catch (error) {
    // What the reader itself expects is no failure of the source.
    if (error instanceof Error && error.name === 'AssertionError') throw error;
    return { failure: (await failureOf(Promise.reject(error))).code };
  }
}

function expectWhole(outcome: Outcome, { before, after }: Attack): void {
  if ('failure' in outcome) {
    const code = outcome.failure as keyof typeof errorTable;
    expect([code, errorTable[code].passing]).toEqual([code, true]);
    return;
  }
  expect([before, after]).toContainEqual(outcome);
}
