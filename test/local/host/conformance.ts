/** One behaviour of the platform that the small host has as well. */
export interface Conformance {
  readonly behaviour: string;
  readonly source: string;
  /** The file of tests, and the title of the one that shows it. */
  readonly file: string;
  readonly test: string;
}

/** With the month in which a page was read, or from which the source is. */
const SOURCES = {
  httpPage: 'Functions, "HTTP trigger" (2026-11)',
  hostJson: 'Functions, "host.json reference" (2026-11)',
  appSettings: 'Functions, "App settings reference for Azure Functions" (2026-11)',
  flex: 'Functions, "Flex Consumption plan hosting" (2026-11)',
  keys: 'Functions, "Work with access keys in Azure Functions" (2026-11)',
  blobPage: 'Functions, "Blob storage trigger" (2026-11)',
  queuePage: 'Functions, "Queue storage trigger" (2026-11)',
  timerPage: 'Functions, "Timer trigger for Azure Functions" (2026-11)',
  identity: 'Functions, "Configure an identity-based connection" (2026-11)',
  grid: 'Event Grid, "Message delivery and retry" (2026-11)',
  seen: 'seen with Functions host 4.1037',
  core: 'azure-functions-nodejs-worker, setupCoreModule.ts (2024-03)',
  invocation: 'azure-functions-nodejs-worker, InvocationHandler.ts (2024-03)',
  load: 'azure-functions-nodejs-worker, startApp.ts (2024-03)',
  streams: 'azure-functions-host, DefaultHttpProxyService.cs (2024-10)',
  bodies: 'azure-functions-host, GrpcMessageConversionExtensions (2024-10)',
  blobEvents: 'azure-sdk-for-net, Storage.Blobs: BlobsExtensionConfigProvider.cs (2024-10)',
  blobExecutor: 'azure-sdk-for-net, Storage.Blobs: BlobQueueTriggerExecutor.cs (2024-10)',
  blobFactory: 'azure-sdk-for-net, Storage.Blobs: SharedBlobQueueListenerFactoryTests (2024-10)',
  queueProcessor: 'azure-sdk-for-net, Storage.Queues: QueueListener, QueueProcessor (2024-10)',
  queueEncoding: 'azure-sdk-for-net, Storage.Queues: QueueServiceClientProvider (2026-11)',
  logRules: 'Microsoft.Extensions.Logging, LoggerRuleSelector (2026-11)',
  backoff: 'azure-webjobs-sdk, RandomizedExponentialBackoffStrategy (2024-10)',
  singleton: 'azure-webjobs-sdk-extensions, wiki page TimerTrigger (2021-06)',
  deferred: 'azure-functions-nodejs-library 4.16.5, deferred bindings',
  blobDequeues: 'azure-functions-host#8542',
} as const;

type Row = readonly [behaviour: string, source: keyof typeof SOURCES, file: string, test: string];

const ROWS: readonly Row[] = [
  [
    'A function without a route has its name as its route, behind the prefix of host.json.',
    'httpPage',
    'indexFunctions',
    'takes the name of an HTTP function as its route where it names none',
  ],
  [
    'Literal segments of routes win over constrained parameters, those over free ones.',
    'httpPage',
    'route',
    'puts literal segments before constrained parameters, those before free ones, and the rest last',
  ],
  [
    'A path or method that no function serves is 404 with an empty body, never 405.',
    'seen',
    'http',
    'answers %s %s with 404 and nothing else (%s)',
  ],
  [
    'A function gets the URL as the caller wrote it, lower-case headers and the body.',
    'bodies',
    'http',
    'gives a function the method, the URL as the caller wrote it, headers, query and body',
  ],
  [
    'Without streaming, a body without Content-Length does not arrive.',
    'bodies',
    'http',
    'loses a body without Content-Length when buffered',
  ],
  ['With streaming, it does.', 'streams', 'http', 'passes a body without Content-Length when streamed'],
  [
    'Repeated query keys are joined by commas without streaming, and kept apart with it.',
    'bodies',
    'http',
    'joins repeated query keys by commas when buffered, keeps them when streamed',
  ],
  [
    'A body over FUNCTIONS_REQUEST_BODY_SIZE_LIMIT (100 MB) is refused with 500.',
    'seen',
    'http',
    'refuses a body over FUNCTIONS_REQUEST_BODY_SIZE_LIMIT with 500',
  ],
  [
    'A streamed answer is passed on when the whole body has been sent: a body in chunks over the limit is 500, although the function has answered 413.',
    'seen',
    'http',
    'ends a streamed body without Content-Length with 500 once it is over the limit, also where the function has answered: %s',
  ],
  [
    'A crash of the app leaves its callers an empty 500.',
    'seen',
    'http',
    'leaves calls with an empty 500 when the app crashes, %s',
  ],
  ['`GET /` is a page of HTML that says that the app runs.', 'seen', 'platform', 'is a page at its root, for anybody'],
  [
    'AzureWebJobsDisableHomepage takes that page away.',
    'appSettings',
    'platform',
    'is no page at its root with AzureWebJobsDisableHomepage',
  ],
  [
    'logging.logLevel: the longest name that a category begins with counts.',
    'logRules',
    'hostLog',
    'takes a name as the beginning of a category, in any case of letters',
  ],
  [
    'A function that throws is 500 with an empty body when buffered.',
    'seen',
    'http',
    'answers 500 with an empty body for a function that throws when buffered',
  ],
  [
    'A streamed one that throws leaves its caller without an answer.',
    'seen',
    'http',
    'leaves the caller of a streamed function without an answer when it %s',
  ],
  [
    'An error after the first bytes of a streamed answer cuts it off.',
    'streams',
    'http',
    'cuts a streamed answer off when the function fails in the middle of it; a buffered one is 500',
  ],
  [
    'Hooks around a function may wrap it and replace its result.',
    'invocation',
    'http',
    'runs the hooks around a function: they may wrap it and replace its result',
  ],
  [
    'A log hook may change a line before it is written.',
    'invocation',
    'http',
    'lets a log hook change a message before it is written',
  ],
  [
    'Start hooks run before the first call; end hooks run last and have 5 s.',
    'load',
    'platform',
    'lets a running function finish, then runs the end hooks, then ends with 0',
  ],
  [
    '`main` is a glob. When it matches no file, or a file throws, the host goes on without a function: every route is an empty 404, and the reason is a line of level Information.',
    'seen',
    'platform',
    'goes on without a function when "main" of package.json %s, and says why',
  ],
  [
    'The Values of local.settings.json are app settings.',
    'appSettings',
    'platform',
    'takes the Values of local.settings.json where no app setting says otherwise',
  ],
  [
    '`AzureFunctionsJobHost__…` takes the place of a value of host.json.',
    'appSettings',
    'hostFile',
    'takes a value of host.json from a setting',
  ],
  [
    '`%NAME%` in a binding is the setting NAME; where there is none, that function is in error and the others go on.',
    'seen',
    'platform',
    'leaves out a function whose setting is missing, and goes on with the others',
  ],
  [
    '`AzureWebJobs.<name>.Disabled` leaves a function out.',
    'appSettings',
    'indexFunctions',
    'leaves out a function that %s disables',
  ],
  ['A missing or wrong key is an empty 401; 404 comes first.', 'keys', 'platform', 'give an empty 401 for %s'],
  [
    "A function's own key, the host key and the master key open it, as header or as ?code=.",
    'keys',
    'platform',
    'open a function by its own key, the host key or the master key, as header or as ?code=',
  ],
  [
    'The webhook of the blob extension asks for its own system key.',
    'blobEvents',
    'platform',
    'of the blob extension, or the master key, open the webhook',
  ],
  [
    'A call at /admin/functions/<name> runs a function by hand.',
    'blobPage',
    'blobTrigger',
    'can be run by hand for a blob, but not for one that is gone',
  ],
  [
    'A call that is under way when the host is asked to end may finish, within the grace (60 min on scale-in, 10 min at an update).',
    'flex',
    'platform',
    'waits for running functions no longer than the grace',
  ],
  [
    'A function over functionTimeout fails.',
    'hostJson',
    'platform',
    'gives up on a function that takes longer than functionTimeout',
  ],
  [
    'A blob function with sdkBinding gets a reference, not the bytes.',
    'deferred',
    'blobTrigger',
    'with sdkBinding gets a reference: the name of the connection, the container, the blob',
  ],
  [
    'Trigger metadata of a blob: place, address, properties, metadata, tokens of the path.',
    'blobPage',
    'blobTrigger',
    'gets place, address, properties, metadata and the tokens of its path as trigger metadata',
  ],
  [
    'Every event runs the function: there are no receipts with Event Grid.',
    'blobExecutor',
    'blobTrigger',
    'runs again for each event of the same version: there are no receipts',
  ],
  [
    'A late event runs against what is there now: the ETag of the event is not compared.',
    'blobExecutor',
    'blobTrigger',
    'is run for a blob that has changed since the event, with what is there now: the ETag is not compared',
  ],
  [
    'A blob that is gone is dropped without an error.',
    'blobExecutor',
    'blobTrigger',
    'is not run for a blob that is gone, nor is an unknown function; the messages just end',
  ],
  [
    'After five failures the message lies in webjobs-blobtrigger-poison.',
    'blobPage',
    'blobTrigger',
    'that fails is tried five times, then the message lies in webjobs-blobtrigger-poison as JSON',
  ],
  [
    'blobs.maxDegreeOfParallelism bounds all blob functions of an instance together.',
    'hostJson',
    'blobTrigger',
    'runs at most blobs.maxDegreeOfParallelism times at once, here 3',
  ],
  [
    'It is split into a batch and a threshold as the extension splits it.',
    'blobFactory',
    'hostFile',
    'turns blobs.maxDegreeOfParallelism %i into batches of %i and a threshold of %i',
  ],
  [
    'queues.maxDequeueCount does not count for blobs.',
    'blobDequeues',
    'hostFile',
    'does not let queues.maxDequeueCount touch blob functions',
  ],
  [
    'Instances of one app share the internal queue of blob events, and take up what a killed one held.',
    'queueProcessor',
    'blobTrigger',
    'share the work: a blob of one event is taken by one of them, and what a killed one held is taken up',
  ],
  [
    'A message that is JSON is given as an object, and its fields take the place of metadata of the same name.',
    'seen',
    'queueTrigger',
    'sees the fields of a JSON message in place of the metadata of the same name, in any case',
  ],
  [
    'A message that fails comes again with a higher dequeue count, and after maxDequeueCount lies in <queue>-poison.',
    'queuePage',
    'queueTrigger',
    'that fails gets the message again with a higher dequeue count, until maxDequeueCount; then it is in <queue>-poison',
  ],
  [
    'In between it stays hidden for queues.visibilityTimeout.',
    'hostJson',
    'queueTrigger',
    'that fails does not get the message again before queues.visibilityTimeout has passed',
  ],
  [
    'With messageEncoding base64, any other text goes to the poison queue unseen, at once.',
    'queueEncoding',
    'queueTrigger',
    'never sees a message that is not base64; it goes to the poison queue as it is',
  ],
  [
    'In a poison queue it stays: no function sees it, and it comes back when its lease ends.',
    'seen',
    'queueTrigger',
    'of a poison queue never sees a text that is not base64: it stays there, hidden for the lease',
  ],
  [
    'With messageEncoding none, a function gets each text as it is.',
    'hostJson',
    'queueTrigger',
    'sees any text with messageEncoding "none": as it is, or the object when it is JSON',
  ],
  [
    'A poison queue has none of its own: what fails there maxDequeueCount times is passed over for ever.',
    'queueProcessor',
    'queueTrigger',
    'of a poison queue is not called again for a message that it failed maxDequeueCount times; there is no next queue',
  ],
  [
    'At most batchSize + newBatchThreshold messages run at once.',
    'hostJson',
    'queueTrigger',
    'runs batchSize + newBatchThreshold messages at most at once, here 2',
  ],
  [
    'An empty queue is asked less and less often, up to maxPollingInterval.',
    'backoff',
    'pollingDelay',
    'after %i empty answers in a row waits %i ms of at most 2,000',
  ],
  [
    'Instances share a queue: each message is run once.',
    'queueProcessor',
    'queueTrigger',
    'shares the messages with other instances: each message is run once',
  ],
  [
    'A message whose host is asked to end is finished and deleted.',
    'queueProcessor',
    'queueTrigger',
    'finishes a message, and deletes it, when its host is asked to end meanwhile',
  ],
  [
    'A timer runs on one instance of an app, and on another once that is gone.',
    'singleton',
    'queueTrigger',
    'runs when its schedule says, on one instance only, and on another once that has ended',
  ],
  [
    'A timer with runOnStartup runs at the start.',
    'timerPage',
    'queueTrigger',
    'with runOnStartup runs at the start, and gets its schedule',
  ],
  [
    'A connection may be service addresses and an identity in place of a key.',
    'identity',
    'identityConnection',
    'serves triggers without a key: service URIs, a managed identity, its client id',
  ],
  [
    'An event that is not taken is delivered again, later.',
    'grid',
    '../storage/blobEvents',
    'delivers again what was not taken, until it is',
  ],
  [
    'A webhook that answers 400, 401, 403, 404 or 413 gets the event no more.',
    'grid',
    '../storage/blobEvents',
    'counts %i as %s',
  ],
  [
    'Event Grid writes base64 text into a queue.',
    'grid',
    '../storage/blobEvents',
    'writes each event as base64 text, as Event Grid does',
  ],
];

/** What the small host has in common with the platform, each shown by a test; docs/local.md lists it. */
export const CONFORMANCE: readonly Conformance[] = ROWS.map(([behaviour, source, file, test]) => ({
  behaviour,
  source: SOURCES[source],
  file: `${file}.test.ts`,
  test,
}));
