import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** ASN.1 tags of X.690, as far as a certificate needs them. */
const TAG = { integer: 2, bits: 3, octets: 4, oid: 6, text: 12, time: 23, sequence: 48, set: 49 };
const OBJECT = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
};
const VALID_DAYS = 30;

/**
 * A certificate for 127.0.0.1 and localhost that signs itself, with its key, both as PEM. A process that should trust
 * it gets it in `NODE_EXTRA_CA_CERTS`. Created for each run, so that no key lies in the project.
 */
export function makeSelfSignedCertificate(nowMs: number): { readonly certificate: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(object(OBJECT.ecdsaWithSha256));
  const name = sequence(der(TAG.set, sequence(object(OBJECT.commonName), der(TAG.text, Buffer.from('localhost')))));
  const content = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(nowMs - 86_400_000), time(nowMs + VALID_DAYS * 86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        extension(OBJECT.basicConstraints, sequence(der(1, Buffer.from([0xff])))),
        extension(
          OBJECT.subjectAltName,
          sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))),
        ),
      ),
    ),
  );
  const signature = der(TAG.bits, Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)]));
  const base64 = sequence(content, algorithm, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    certificate: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(TAG.sequence, Buffer.concat(parts));
}

function object(identifier: string): Buffer {
  return der(TAG.oid, Buffer.from(identifier, 'hex'));
}

function extension(identifier: string, value: Buffer): Buffer {
  return sequence(object(identifier), der(TAG.octets, value));
}

/** `YYMMDDHHMMSSZ`. */
function time(atMs: number): Buffer {
  return der(TAG.time, Buffer.from(`${new Date(atMs).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
}
