import Module from 'node:module';

const coreModuleName = '@azure/functions-core';
let supplied: object | undefined;

/** Answers every require of `@azure/functions-core` in this process with the given object, as the real worker does. */
export function supplyCoreModule(core: object): void {
  if (supplied === undefined) patchRequire();
  supplied = core;
}

function patchRequire(): void {
  const original = Module.prototype.require;
  const patched = function (this: Module, id: string): unknown {
    return id === coreModuleName ? supplied : original.call(this, id);
  };
  Module.prototype.require = Object.assign(patched, original);
}
