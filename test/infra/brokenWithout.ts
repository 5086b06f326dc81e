import { seedRegions } from '../../local/regions/regionOptions.ts';

/**
 * Each assignment of the template with what fails without it, and one of the calls that are then refused. The runs in
 * identity.test.ts show it, and docs/deploy.md says it.
 */
export const BROKEN_WITHOUT: Readonly<Record<string, readonly [sentence: string, call: string]>> = {
  'application: Storage Blob Data Owner on host': [
    'the host cannot lock its timer',
    'LeaseBlob host/blob/azure-webjobs-hosts',
  ],
  'application: Storage Table Data Contributor on host': [
    'the host cannot keep its diagnostic events',
    'CreateTable host/table/AzureFunctionsDiagnosticEventsCheck',
  ],
  'application: Storage Queue Data Contributor on host': [
    'the blob trigger cannot read its own queue',
    'GetMessages host/queue/azure-webjobs-blobtrigger-argus-local',
  ],
  'application: Storage Table Data Contributor on data': [
    'the application cannot insert its records',
    'InsertEntity data/table/analyses',
  ],
  'application: Storage Queue Data Contributor on data': [
    'the application cannot call due analyses',
    'GetMessages data/queue/analyses-due',
  ],
  'application: Storage Blob Data Reader on data/blob/images': [
    'the application cannot read an image',
    'GetBlob data/blob/images',
  ],
  'application: Storage Blob Data Reader on data/blob/deadletters': [
    'the timer cannot find events that were not delivered',
    'ListBlobs data/blob/deadletters',
  ],
  'application: Storage Blob Data Contributor on data/blob/results': [
    'the application cannot write the result of an upload',
    'PutBlob data/blob/results',
  ],
  'application: Storage Blob Data Contributor on data/blob/results-http': [
    'the application cannot write the result of an HTTP call',
    'PutBlob data/blob/results-http',
  ],
  'application: Storage Blob Data Contributor on data/blob/inbox': [
    'the application cannot keep the bytes of a call that waits',
    'PutBlob data/blob/inbox',
  ],
  'application: Monitoring Metrics Publisher on insights': ['the application cannot send telemetry', 'Track insights'],
  'events: Storage Blob Data Contributor on data/blob/deadletters': [
    'Event Grid cannot keep an event that it could not deliver',
    'PutBlob data/blob/deadletters',
  ],
  'events: Storage Queue Data Message Sender on data/queue/image-events': [
    'Event Grid cannot deliver an upload',
    'PutMessage data/queue/image-events',
  ],
  'operator: Storage Blob Data Contributor on data/blob/images': [
    'the operator cannot upload an image',
    'PutBlob data/blob/images',
  ],
  'operator: Storage Blob Data Reader on data/blob/results': [
    'the operator cannot read the result of an upload',
    'GetBlob data/blob/results',
  ],
  'operator: Storage Blob Data Reader on data/blob/results-http': [
    'the operator cannot read the result of an HTTP call',
    'GetBlob data/blob/results-http',
  ],
  'operator: Storage Blob Data Reader on data/blob/deadletters': [
    'the operator cannot look into events that were not delivered',
    'ListBlobs data/blob/deadletters',
  ],
  'operator: Storage Queue Data Reader on data': [
    'the operator cannot look into a poison queue',
    'PeekMessages data/queue/analyses-due-poison',
  ],
  ...Object.fromEntries(
    seedRegions().map(({ name }) => [
      `application: Cognitive Services OpenAI User on models/${name}`,
      [`the application cannot ask the models of ${name}`, `ChatCompletions models/${name}`] as const,
    ]),
  ),
};
