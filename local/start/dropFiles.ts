import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';

interface Dropped {
  /** Names of what was uploaded, and when (epoch milliseconds): what was analysed before then was another version. */
  readonly uploaded: ReadonlyMap<string, number>;
  readonly unreadable: readonly string[];
}

/**
 * Uploads files into the images container, each under its path in the folder. A file that was analysed and lies there with
 * the same content is left alone: writing it again would be a new version, analysed and paid for again.
 */
export async function dropFiles(drop: {
  readonly folder: string;
  readonly files: readonly string[];
  /** Names that have an analysis. A file without one may lie there too, when an earlier run was ended too early. */
  readonly analysed: ReadonlySet<string>;
  readonly connectionString: string;
}): Promise<Dropped> {
  const images = BlobServiceClient.fromConnectionString(drop.connectionString).getContainerClient('images');
  const uploaded = new Map<string, number>();
  const unreadable: string[] = [];
  for (const file of drop.files) {
    const bytes = await readFile(join(drop.folder, file)).catch((error: NodeJS.ErrnoException) => {
      console.error(`${file} cannot be read and is left out: ${reasonOf(error)}.`);
      unreadable.push(file);
      return undefined;
    });
    if (!bytes) continue;
    const blob = images.getBlockBlobClient(file);
    const digest = createHash('md5').update(bytes).digest();
    if (drop.analysed.has(file)) {
      const there = await blob.getProperties().catch(() => undefined);
      if (there?.contentMD5 && Buffer.from(there.contentMD5).equals(digest)) continue;
    }
    uploaded.set(file, Date.now());
    await blob.upload(bytes, bytes.byteLength, { blobHTTPHeaders: { blobContentMD5: digest } });
  }
  return { uploaded, unreadable };
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'it leads to a file that does not exist';
  if (error.code === 'EISDIR') return 'it leads to a folder';
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'you may not read it';
  return error.message;
}
