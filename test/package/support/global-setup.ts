import type { TestProject } from 'vitest/node';
import { type Packaged, packApp } from './packaged.ts';

declare module 'vitest' {
  interface ProvidedContext {
    packaged: Packaged;
  }
}

/** Packs the built app once for all tests of the project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const packaged = await packApp();
  const { inputs, zip, app, output } = packaged;
  project.provide('packaged', { inputs, zip, app, output });
  return async () => {
    await packaged[Symbol.asyncDispose]();
  };
}
