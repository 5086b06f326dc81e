import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';

/**
 * Uploads files into the images container, each under its path in the folder. A file that lies there already with the
 * same content is left alone: writing it again would be a new version, analysed and paid for again.
 */
export async function dropFiles(drop: {
  readonly folder: string;
  readonly files: readonly string[];
  readonly connectionString: string;
}): Promise<{ readonly uploaded: readonly string[]; readonly unreadable: readonly string[] }> {
  const images = BlobServiceClient.fromConnectionString(drop.connectionString).getContainerClient('images');
  const uploaded: string[] = [];
  const unreadable: string[] = [];
  for (const file of drop.files) {
    const bytes = await readFile(join(drop.folder, file)).catch((error: Error) => {
      console.error(`${file} cannot be read and is left out: ${error.message}.`);
      unreadable.push(file);
      return undefined;
    });
    if (!bytes) continue;
    const blob = images.getBlockBlobClient(file);
    const there = await blob.getProperties().catch(() => undefined);
    const digest = createHash('md5').update(bytes).digest();
    if (there?.contentMD5 && Buffer.from(there.contentMD5).equals(digest)) continue;
    await blob.upload(bytes, bytes.byteLength, { blobHTTPHeaders: { blobContentMD5: digest } });
    uploaded.push(file);
  }
  return { uploaded, unreadable };
}
