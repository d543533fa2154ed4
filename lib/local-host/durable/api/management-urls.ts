/** Where the client API can be reached from outside, and the key that opens it. */
export interface PublicEndpoint {
  /** Without a slash at the end, e.g. http://localhost:7071. */
  readonly origin: string;
  readonly taskHubName: string;
  readonly systemKey: string;
}

export const webhookPath = '/runtime/webhooks/durabletask';

/** The links to one instance, in the order the extension lists them. */
export function managementUrls(
  endpoint: PublicEndpoint,
  id: string,
): Readonly<Record<string, string>> {
  const instance = `${endpoint.origin}${webhookPath}/instances/${id}`;
  const query = requiredQuery(endpoint);
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}

/** What a durable client binding hands to a function, as JSON text. */
export function clientBindingData(endpoint: PublicEndpoint, rpcBaseUrl: string): string {
  const base = `${endpoint.origin}${webhookPath}`;
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]?code=${endpoint.systemKey}`;
  return JSON.stringify({
    taskHubName: endpoint.taskHubName,
    creationUrls: {
      createNewInstancePostUri: create,
      createAndWaitOnNewInstancePostUri: `${create}&timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}`,
    },
    managementUrls: managementUrls(endpoint, 'INSTANCEID'),
    baseUrl: base,
    requiredQueryStringParameters: requiredQuery(endpoint),
    rpcBaseUrl,
  });
}

function requiredQuery({ taskHubName, systemKey }: PublicEndpoint): string {
  return `taskHub=${taskHubName}&connection=Storage&code=${systemKey}`;
}
