import * as df from 'durable-functions';

// Every one of these runs, or seems to run, on a careless stand-in and breaks on Azure.
df.app.activity('fails', {
  handler: () => {
    throw new Error('as planned');
  },
});
df.app.activity('text', { handler: ({ bytes }: { bytes: number }) => 'x'.repeat(bytes) });

const tooManyBytes = 1_100_000;
let turns = 0;

df.app.orchestration('retryTimeout', function* (context) {
  const options = new df.RetryOptions(50, 2);
  options.retryTimeoutInMilliseconds = 1_000;
  return yield context.df.callActivityWithRetry('text', options, { bytes: 1 });
});
df.app.orchestration('mixedFailure', function* (context) {
  const retry = new df.RetryOptions(5_000, 3);
  try {
    yield context.df.Task.all([
      context.df.callActivity('fails', {}),
      context.df.callActivityWithRetry('fails', retry, {}),
    ]);
  } catch {
    return yield context.df.callActivity('text', { bytes: 1 });
  }
  return 'never';
});
df.app.orchestration('anyTwice', function* (context) {
  const fast = context.df.callActivity('text', { bytes: 1 });
  const slow = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 3_000));
  yield context.df.Task.any([fast, slow]);
  yield context.df.Task.any([slow]);
  return 'never';
});
df.app.orchestration('equalCalls', function* (context) {
  const slow = () =>
    context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 400));
  const call = () => context.df.callActivity('text', { bytes: 1 });
  yield context.df.Task.any([call(), slow()]);
  yield context.df.Task.any([call(), slow()]);
  return 'fine';
});
df.app.orchestration('patientEvent', function* (context) {
  const soon = () => new Date(context.df.currentUtcDateTime.getTime() + 200);
  const event = context.df.waitForExternalEvent('go');
  for (let turn = 0; turn < 20; turn += 1) {
    const timer = context.df.createTimer(soon());
    const winner: unknown = yield context.df.Task.any([timer, event]);
    if (winner === event) {
      timer.cancel();
      return event.result;
    }
  }
  return 'too late';
});
df.app.orchestration('finishedChildren', function* (context) {
  const call = context.df.callActivity('text', { bytes: 1 });
  yield call;
  return yield context.df.Task.all([call]);
});
df.app.orchestration('unknownActivity', function* (context) {
  return yield context.df.callActivity('noSuchActivity', {});
});
df.app.orchestration('changesItsMind', function* (context) {
  turns += 1;
  yield context.df.callActivity('text', { bytes: turns });
  return 'never';
});
df.app.orchestration('changesNames', function* (context) {
  turns += 1;
  const [first = 'text', second = 'fails'] =
    turns % 2 === 1 ? ['text', 'fails'] : ['fails', 'text'];
  yield context.df.callActivity(first, { bytes: 1 });
  yield context.df.callActivity(second, { bytes: 1 });
  return 'never';
});
df.app.orchestration('bigInput', function* (context) {
  return yield context.df.callActivity('text', { bytes: 1, padding: 'x'.repeat(tooManyBytes) });
});
df.app.orchestration('bigResult', function* (context) {
  const text: string = yield context.df.callActivity('text', { bytes: tooManyBytes });
  return text.length;
});
df.app.orchestration('bigOutput', function* (context) {
  yield context.df.callActivity('text', { bytes: 1 });
  return 'x'.repeat(tooManyBytes);
});
df.app.orchestration('bigStatus', function* (context) {
  context.df.setCustomStatus('x'.repeat(9_000));
  return yield context.df.callActivity('text', { bytes: 1 });
});
df.app.orchestration('badChildId', function* (context) {
  return yield context.df.callSubOrchestrator('bigStatus', null, 'a/b');
});
df.app.orchestration('stolenChildId', function* (context) {
  return yield context.df.callSubOrchestrator('bigStatus', null, context.df.instanceId);
});
df.app.orchestration('echoInput', function* (context) {
  return context.df.getInput();
});
