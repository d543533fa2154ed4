import { until } from './until.ts';

/** What the recorder app answers: its HTTP status and the fields of its JSON. */
export type RecorderAnswer = Readonly<Record<string, unknown>> & { readonly status: number };

/** Speaks to the recorder app. */
export interface RecorderClient {
  post(path: string, body?: unknown): Promise<RecorderAnswer>;
  /** The status of an instance as the app's durable client sees it. */
  status(instanceId: string): Promise<RecorderAnswer>;
  /** Waits until the instance has ended. */
  ended(instanceId: string): Promise<RecorderAnswer>;
  /** Waits until the instance is in the given state. */
  inState(instanceId: string, runtimeStatus: string): Promise<RecorderAnswer>;
}

const endStates: readonly unknown[] = ['Completed', 'Failed', 'Terminated', 'Canceled'];

/** A client for the recorder app at the address. */
export function recorderClient(url: string): RecorderClient {
  const post = async (path: string, body?: unknown): Promise<RecorderAnswer> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const fields: unknown = await response.json();
    return { ...(fields as object), status: response.status };
  };
  const status = (id: string) => post(`/api/call/status/${id}`);
  const wait = (id: string, isIt: (state: unknown) => boolean) =>
    until(`instance ${id}`, async () => {
      const answer = await status(id);
      return isIt(stateOf(answer)) ? answer : undefined;
    });
  return {
    post,
    status,
    ended: (id) => wait(id, (state) => endStates.includes(state)),
    inState: (id, wanted) => wait(id, (state) => state === wanted),
  };
}

function stateOf({ r }: RecorderAnswer): unknown {
  return (r as { runtimeStatus?: unknown } | null | undefined)?.runtimeStatus;
}
