/**
 * A failed activity's error in the shape that .NET serializes it to: what an orchestrator finds behind the reason
 * when it prints a failure. Nothing in it is meant to be parsed.
 */
export function serializeFailure({ message, stack = '' }: Error): string {
  const hResult = -2_146_233_088;
  const inner = {
    $type:
      'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
    IsUserException: false,
    RemoteStackTrace: stack,
    RemoteMessage: message,
    RemoteTypeName: null,
    Message: `Result: Failure\nException: ${message}\nStack: ${stack}`,
    Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
    InnerException: null,
    HelpLink: null,
    Source: 'System.Private.CoreLib',
    HResult: hResult,
    StackTrace: '   at local-host',
  };
  return JSON.stringify({
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: ` ${message}`,
    Data: null,
    InnerException: inner,
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: hResult,
    Source: null,
    WatsonBuckets: null,
  });
}
