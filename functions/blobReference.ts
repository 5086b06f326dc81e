import type { InvocationContext } from '@azure/functions';
import * as extensionsBase from '@azure/functions-extensions-base';
import type { BlobPlace } from '../shared/storage/imageStore.ts';

/** What the host passes instead of the bytes, once this factory is registered. */
interface BlobReference extends BlobPlace {
  readonly kind: 'blobReference';
}

interface BlobBindingContent {
  readonly ContainerName: string;
  readonly BlobName: string;
}

// The package exports its names directly as CommonJS and under `default` as an ES module; the library that asks the
// resolver for a factory uses the CommonJS copy, and so does the bundle.
const { ResourceFactoryResolver } =
  'ResourceFactoryResolver' in extensionsBase
    ? extensionsBase
    : (extensionsBase as { default: typeof extensionsBase }).default;

/** Makes blob triggers with `sdkBinding` receive a reference to the blob instead of its bytes. */
export function registerBlobReferences(): void {
  ResourceFactoryResolver.getInstance().registerResourceFactory('AzureStorageBlobs', (data) => {
    const [binding] = Array.isArray(data) ? data : [data];
    const content = JSON.parse(Buffer.from(binding?.content ?? '{}').toString('utf8')) as BlobBindingContent;
    return { kind: 'blobReference', container: content.ContainerName, name: content.BlobName } satisfies BlobReference;
  });
}

/** Container and name of the blob that a trigger is about, whether it came as a reference or as bytes. */
export function placeOfTrigger(input: unknown, context: InvocationContext): BlobPlace {
  if (isReference(input)) return { container: input.container, name: input.name };
  const path = String(context.triggerMetadata?.blobTrigger ?? '');
  const slash = path.indexOf('/');
  return { container: path.slice(0, slash), name: path.slice(slash + 1) };
}

function isReference(input: unknown): input is BlobReference {
  return input !== null && typeof input === 'object' && (input as { kind?: unknown }).kind === 'blobReference';
}
