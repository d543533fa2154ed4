/** Something that will succeed or fail; whoever listens is told at once, in the order of listening. */
export class Pending {
  #state: 'open' | 'succeeded' | 'failed' = 'open';
  #listeners: (() => void)[] = [];

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  /** Settles once; later calls change nothing. */
  settle(state: 'succeeded' | 'failed'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  /** Calls back when settled, at once if that has happened. */
  whenSettled(listener: () => void): void {
    if (this.isOpen) this.#listeners.push(listener);
    else listener();
  }
}

/** Succeeds as soon as one of them is settled, however it ended. */
export function anyOf(children: readonly Pending[]): Pending {
  const result = new Pending();
  for (const child of children) child.whenSettled(() => result.settle('succeeded'));
  return result;
}

/** Settles when all of them are settled: the host, unlike the library, waits for every child. */
export function allOf(children: readonly Pending[]): Pending {
  const result = new Pending();
  let open = children.length;
  const finish = () =>
    result.settle(children.some((child) => child.hasFailed) ? 'failed' : 'succeeded');
  if (open === 0) finish();
  for (const child of children) {
    child.whenSettled(() => {
      open -= 1;
      if (open === 0) finish();
    });
  }
  return result;
}

/** A step-by-step procedure that waits by yielding; it succeeds or fails by what it returns. */
export type Steps = Generator<Pending, 'succeeded' | 'failed', void>;

/** Runs the steps until they wait, and goes on each time the awaited thing is settled. */
export function follow(steps: Steps): Pending {
  const result = new Pending();
  const advance = (): void => {
    // Ends: every turn consumes a step of a finite procedure, or waits.
    let step = steps.next();
    while (step.done !== true && !step.value.isOpen) step = steps.next();
    if (step.done === true) result.settle(step.value);
    else step.value.whenSettled(advance);
  };
  advance();
  return result;
}
