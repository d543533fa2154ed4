import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import * as df from 'durable-functions';
import { gate, note } from './trace.ts';

const durable = { extraInputs: [df.input.durableClient()], authLevel: 'anonymous' as const };

app.http('start', {
  ...durable,
  route: 'start/{name}/{id}',
  methods: ['POST'],
  handler: async (request, context) => {
    const { name = '', id = '' } = request.params;
    const body = await request.text();
    const input: unknown = body === '' ? undefined : JSON.parse(body);
    return await answer(() => df.getClient(context).startNew(name, { instanceId: id, input }));
  },
});
app.http('links', {
  ...durable,
  route: 'links',
  methods: ['GET'],
  handler: (_request, context) => ({
    jsonBody: df.getClient(context).createHttpManagementPayload('ID'),
  }),
});
app.http('list', {
  ...durable,
  route: 'list',
  methods: ['GET'],
  handler: async (request, context) => {
    const runtimeStatus = request.query.getAll(
      'status',
    ) as unknown as df.OrchestrationRuntimeStatus[];
    return await answer(() => df.getClient(context).getStatusBy({ runtimeStatus }));
  },
});
app.http('shapes', {
  route: 'shapes/{kind:alpha}/{count:int?}',
  methods: ['GET', 'POST', 'HEAD'],
  authLevel: 'anonymous',
  handler: shapes,
});
app.http('gated', {
  route: 'gated',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: async () => {
    note('gated');
    await gate('open');
    return { body: 'through the gate' };
  },
});

let visits = 0;
app.http('visits', {
  route: 'visits',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({ jsonBody: ++visits }),
});

async function shapes(request: HttpRequest): Promise<HttpResponseInit> {
  switch (request.params['kind']) {
    case 'bytes':
      return { body: new Uint8Array(await request.arrayBuffer()).toReversed() };
    case 'empty':
      return { status: 204 };
    case 'cookies':
      return {
        cookies: [
          { name: 'a', value: 'b c', httpOnly: true, secure: true, sameSite: 'Strict' as const },
          { name: 'd', value: 'e', path: '/x', maxAge: 60 },
        ],
      };
    default:
      return { jsonBody: { params: request.params } };
  }
}

async function answer(work: () => Promise<unknown>) {
  try {
    return { jsonBody: { ok: true, result: await work() } };
  } catch (error) {
    return { status: 599, jsonBody: { ok: false, message: String(error) } };
  }
}
