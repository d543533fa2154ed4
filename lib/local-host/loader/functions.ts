import { readEnvironment } from '../environment.ts';
import { HostError } from '../host-error.ts';
import type { CoreApi } from './core-api.ts';
import type { Binding, FunctionMetadata } from './core-types.ts';

export type TriggerKind = 'http' | 'timer' | 'activity' | 'orchestration';

/** A registered function, with what the host needs to call it. */
export interface HostFunction {
  readonly name: string;
  readonly kind: TriggerKind;
  readonly metadata: FunctionMetadata;
  readonly triggerName: string;
  readonly trigger: Binding;
  /** Names of the extra inputs that take a durable client. */
  readonly clientInputs: readonly string[];
}

const kindOfType: Readonly<Record<string, TriggerKind>> = {
  httptrigger: 'http',
  timertrigger: 'timer',
  activitytrigger: 'activity',
  orchestrationtrigger: 'orchestration',
};

/** All enabled functions of an app in the order of registration; a trigger this host cannot fire is a HostError. */
export function hostFunctions(core: CoreApi): readonly HostFunction[] {
  return [...core.registrations.values()]
    .filter(({ metadata }) => !isDisabled(metadata.name))
    .map(({ metadata }) => toHostFunction(metadata));
}

function isDisabled(name: string): boolean {
  const value = readEnvironment(`AzureWebJobs.${name}.Disabled`)?.toLowerCase();
  return value === 'true' || value === '1';
}

function toHostFunction(metadata: FunctionMetadata): HostFunction {
  const bindings = Object.entries(metadata.bindings);
  const found = bindings.find(([, binding]) => typeOf(binding).endsWith('trigger'));
  if (found === undefined) throw new HostError(`Function "${metadata.name}" has no trigger.`);
  const [triggerName, trigger] = found;
  const kind = kindOfType[typeOf(trigger)];
  if (kind === undefined) {
    throw new HostError(
      `Function "${metadata.name}": the local host has no ${trigger.type ?? 'unnamed trigger'}; ` +
        `switch it off with the setting AzureWebJobs.${metadata.name}.Disabled=true.`,
    );
  }
  const clientInputs = bindings
    .filter(([, binding]) => ['durableclient', 'orchestrationclient'].includes(typeOf(binding)))
    .map(([name]) => name);
  return { name: metadata.name, kind, metadata, triggerName, trigger, clientInputs };
}

function typeOf(binding: Binding): string {
  return (binding.type ?? '').toLowerCase();
}
