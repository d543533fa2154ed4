import { HostError } from '../host-error.ts';
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  ProgrammingModel,
} from './core-types.ts';

/** One function as the app registered it. */
interface Registration {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;
type HookName = (typeof hookNames)[number];

type SystemLog = (level: string, category: string, message: string) => void;

/** Everything the app told the host through `@azure/functions-core` while it was loaded. */
export class CoreApi {
  readonly registrations = new Map<string, Registration>();
  readonly #hooks = new Map<HookName, Set<HookCallback>>();
  #model: ProgrammingModel | undefined;
  #locked = false;
  systemLog: SystemLog = () => undefined;

  get model(): ProgrammingModel | undefined {
    return this.#model;
  }

  hooks(name: HookName): readonly HookCallback[] {
    return [...(this.#hooks.get(name) ?? [])];
  }

  /** Registrations after this call are refused, as on the real host. */
  lock(): void {
    this.#locked = true;
  }

  /** The object that `require('@azure/functions-core')` gives to the library. */
  toModule(): object {
    return {
      version: '3.13.0',
      hostVersion: '4.1037.0',
      Disposable,
      setProgrammingModel: (model: ProgrammingModel) => {
        this.#model = model;
      },
      getProgrammingModel: () => this.#model,
      registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
        this.#registerFunction(metadata, callback),
      registerHook: (name: string, callback: HookCallback) => this.#registerHook(name, callback),
      log: (level: string, category: string, message: string) =>
        this.systemLog(level, category, message),
    };
  }

  #registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    if (this.#locked) {
      throw new HostError(
        `A function can only be registered during app startup: "${metadata.name}".`,
      );
    }
    if (this.registrations.has(metadata.name)) {
      throw new HostError(`A function with name "${metadata.name}" has already been registered.`);
    }
    this.registrations.set(metadata.name, { metadata, callback });
    return new Disposable(() => this.registrations.delete(metadata.name));
  }

  #registerHook(name: string, callback: HookCallback): Disposable {
    const known = hookNames.find((candidate) => candidate === name);
    if (known === undefined) throw new RangeError(`Unrecognized hook "${name}"`);
    const callbacks = this.#hooks.get(known) ?? new Set<HookCallback>();
    this.#hooks.set(known, callbacks.add(callback));
    return new Disposable(() => callbacks.delete(callback));
  }
}

class Disposable {
  #onDispose: (() => unknown) | undefined;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  dispose(): void {
    this.#onDispose?.();
    this.#onDispose = undefined;
  }
}
