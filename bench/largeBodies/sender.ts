import { randomFillSync, randomUUID } from 'node:crypto';
import { request as sendRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';

/**
 * Large bodies that are sent at once, by a process that does nothing else. Its only argument says what and where to; it prints
 * `built` shortly before it sends them, and `answered` when each has its answer.
 */
export interface SenderTerms {
  readonly url: string;
  readonly form: Form;
  readonly bodies: number;
}

/** How an image comes: in JSON, in a form, as bytes, or as the bytes of a photo that is decoded and analysed. */
export type Form = 'base64' | 'form' | 'bytes' | 'photo';

/** As much as fits in a body in base64. */
const IMAGE_BYTES = 70_500_000;

/** A photo of noise: 70 MB. */
const PHOTO_SIDE = 4_920;

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The other process begins to watch meanwhile. */
const BUILT_BEFORE_MS = 200;

const terms = JSON.parse(process.argv[2] ?? '') as SenderTerms;
const sent = await bodyOf(terms.form);
console.log('built');
await sleep(BUILT_BEFORE_MS);
await Promise.all(Array.from({ length: terms.bodies }, () => post(terms.url, sent)));
console.log('answered');

async function bodyOf(form: Form): Promise<Sent> {
  if (form === 'photo') return { headers: { 'content-type': 'image/jpeg' }, body: await noisyPhoto() };
  const image = Buffer.alloc(IMAGE_BYTES);
  for (let place = 0; place < image.length; place++) image[place] = (place * 2_654_435_761) >>> 13;
  if (form === 'bytes') return { headers: { 'content-type': 'application/octet-stream' }, body: image };
  if (form === 'base64') {
    const body = Buffer.from(`{"images":[{"base64":"${image.toString('base64')}"}]}`, 'latin1');
    return { headers: { 'content-type': 'application/json' }, body };
  }
  const head =
    '--7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), image, Buffer.from('\r\n--7MA4YWxkTrZu0gW--\r\n')]);
  return { headers: { 'content-type': 'multipart/form-data; boundary=7MA4YWxkTrZu0gW' }, body };
}

function noisyPhoto(): Promise<Buffer> {
  const raw = { width: PHOTO_SIDE, height: PHOTO_SIDE, channels: 3 as const };
  const noise = randomFillSync(Buffer.alloc(PHOTO_SIDE * PHOTO_SIDE * 3));
  return sharp(noise, { raw }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
}

function post(url: string, { headers, body }: Sent): Promise<void> {
  return new Promise((succeed, fail) => {
    const all = { ...headers, 'content-length': body.byteLength, 'idempotency-key': randomUUID() };
    const sent = sendRequest(url, { method: 'POST', headers: all });
    sent.once('error', fail);
    sent.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => {
        // 200 with the image among the rejected, or analysed; 415 where it was to be analysed and is none.
        if (answer.statusCode === 200 || answer.statusCode === 415) succeed();
        else fail(new Error(`${url} answered ${answer.statusCode}.`));
      });
    });
    sent.end(body);
  });
}
