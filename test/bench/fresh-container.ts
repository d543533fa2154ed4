import { randomBytes } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import type { Stage } from './stage.ts';

/** A new empty container, named after the side that fills it. */
export async function freshContainer(stage: Stage, side: string): Promise<ContainerClient> {
  const name = `bench-${side}-${randomBytes(4).toString('hex')}`;
  const container = stage.blobs.getContainerClient(name);
  await container.create();
  return container;
}
