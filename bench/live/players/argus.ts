import { resolve } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { makeAppFolder } from '../../../local/cloud/makeAppFolder.ts';
import { startCloud } from '../../../local/cloud/startCloud.ts';
import { startHost } from '../../../local/host/startHost.ts';
import type { RegionOptions } from '../../../local/regions/regionOptions.ts';
import type { LivePlayer } from './player.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..', '..');

/** Argus as it runs in Azure: files dropped into storage, two processes of the app, their ledger in a table. */
export async function argus(regions: readonly RegionOptions[]): Promise<LivePlayer> {
  const app = await makeAppFolder(PROJECT_FOLDER);
  const cloud = await startCloud({ appFolder: app.folder, port: 0, regions });
  const second = await startHost({ folder: app.folder, settings: cloud.settings, graceSeconds: 10 });
  const images = BlobServiceClient.fromConnectionString(cloud.connectionString).getContainerClient('images');
  return {
    name: 'argus, two processes',
    bring: async ({ number, png }) => {
      await images.getBlockBlobClient(`describe/${number}.png`).uploadData(png);
    },
    lost: () => new Set(),
    charges: () => cloud.regions?.charges() ?? [],
    stop: async () => {
      await second.stop();
      await cloud.stop();
      await app.remove();
    },
  };
}
