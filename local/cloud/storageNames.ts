import { TABLES } from '../../shared/records/analysisStore.ts';
import { DUE_QUEUE } from '../../shared/storage/dueQueue.ts';
import { INBOX_CONTAINER } from '../../shared/storage/imageStore.ts';
import type { StorageNames } from '../storage/createStorage.ts';

export const IMAGES_CONTAINER = 'images';
const RESULTS_CONTAINER = 'results';
/** Event Grid's messages, when INGESTION is `queue`. */
export const EVENTS_QUEUE = 'image-events';
/** Where the host moves the messages of blobs whose function failed five times. */
const BLOB_POISON_QUEUE = 'webjobs-blobtrigger-poison';

/** What the template makes in the account with the images. */
export const STORAGE_NAMES: StorageNames = {
  containers: [IMAGES_CONTAINER, RESULTS_CONTAINER, `${RESULTS_CONTAINER}-http`, INBOX_CONTAINER],
  queues: [DUE_QUEUE, `${DUE_QUEUE}-poison`, EVENTS_QUEUE, `${EVENTS_QUEUE}-poison`, BLOB_POISON_QUEUE],
  tables: Object.values(TABLES),
};

/** The filter of the subscription to events. */
export const IMAGES_SUBJECT = `/blobServices/default/containers/${IMAGES_CONTAINER}/blobs/`;

/** Where the blob trigger of the app takes its events. */
export const WEBHOOK_PATH = '/runtime/webhooks/blobs?functionName=Host.Functions.onImageUploaded';
