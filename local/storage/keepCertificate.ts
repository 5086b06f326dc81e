import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSelfSignedCertificate } from './selfSignedCertificate.ts';

interface KeptCertificate {
  /** PEM, for clients that should trust it. */
  readonly certificate: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  remove(): Promise<void>;
}

/** A new certificate for this machine and its key, in files that programs can be started with. */
export async function keepCertificate(): Promise<KeptCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'local-certificate-'));
  const { certificate, key } = makeSelfSignedCertificate(Date.now());
  const certificateFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  return { certificate, certificateFile, keyFile, remove: () => rm(folder, { recursive: true, force: true }) };
}
