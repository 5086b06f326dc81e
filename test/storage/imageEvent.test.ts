import { describe, expect, it } from 'vitest';
import { readImageEvent } from '../../shared/storage/imageEvent.ts';

const SUBJECT = '/blobServices/default/containers/images/blobs/';

const created = (name: string, url = `https://account.blob.core.windows.net/images/${encodeURI(name)}`): object => ({
  topic: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/account',
  subject: `${SUBJECT}${name}`,
  eventType: 'Microsoft.Storage.BlobCreated',
  id: '831e1650-001e-001b-66ab-eeb76e069631',
  data: { api: 'PutBlob', eTag: '0x8D4BCC2E4835CD0', contentType: 'image/png', contentLength: 524_288, url },
  dataVersion: '',
  metadataVersion: '1',
});

describe('readImageEvent', () => {
  it.each([
    ['a plain name', 'march.png'],
    ['subfolders', 'tables/2026/march.png'],
    ['spaces', 'my holiday/the beach.png'],
    ['accents', 'Übersicht/café.png'],
    ['a percent sign and digits', '100%25.png'],
    ['another folder called blobs', 'blobs/containers/images/blobs/a.png'],
  ])('names the blob as it is called: %s', (_, name) => {
    const url = `https://account.blob.core.windows.net/images/${name.split('/').map(encodeURIComponent).join('/')}`;
    expect(readImageEvent(created(name, url), 'images')).toEqual({
      kind: 'created',
      places: [{ container: 'images', name }],
    });
  });

  it.each([
    ['SftpCommit', 0, 'https://account.blob.core.windows.net/images/scans/a.png'],
    ['FlushWithClose', 524_288, 'https://account.dfs.core.windows.net/images/scans/a.png'],
  ])('reads the end of an upload over another endpoint, whatever length it says: %s', (api, contentLength, url) => {
    const event = { ...created('scans/a.png'), data: { api, contentLength, contentOffset: 0, url }, dataVersion: '3' };
    expect(readImageEvent(event, 'images')).toEqual({
      kind: 'created',
      places: [{ container: 'images', name: 'scans/a.png' }],
    });
  });

  it('reads the address of a local storage, whose path begins with the account', () => {
    const event = created('a #1.png', 'http://127.0.0.1:10000/devstoreaccount1/images/a%20%231.png');
    expect(readImageEvent(event, 'images')).toEqual({
      kind: 'created',
      places: [{ container: 'images', name: 'a #1.png' }],
    });
  });

  it('gives both names when subject and URL disagree: a URL that is not encoded would be cut at its #', () => {
    const event = created('50%25#2.png', 'https://account.blob.core.windows.net/images/50%25#2.png');
    expect(readImageEvent(event, 'images')).toEqual({
      kind: 'created',
      places: [
        { container: 'images', name: '50%25#2.png' },
        { container: 'images', name: '50%#2.png' },
      ],
    });
  });

  it.each([
    ['cat\ud83d.png', 'cat%F0%9F%98%BA.png', 'cat😺.png'],
    ['log_\uFFFD\uFFFD.png', 'log_%F0%9F%92%8E.png', 'log_💎.png'],
  ])('passes over a name that no blob can have, where the other one is whole: %j', (name, written, whole) => {
    const event = created(name, `https://account.blob.core.windows.net/images/${written}`);
    expect(readImageEvent(event, 'images')).toEqual({
      kind: 'created',
      places: [{ container: 'images', name: whole }],
    });
  });

  it.each([
    ['cat\ud83d.png', 'holds half of a character'],
    ['../inbox/cat.png', 'has a segment "." or ".."'],
  ])('gives no place to an upload by no name that a blob has: %j', (name, reason) => {
    const event = { ...created('a.png'), subject: `${SUBJECT}${name}`, data: {} };
    expect(readImageEvent(event, 'images')).toEqual({
      kind: 'nameless',
      name,
      reason: expect.stringContaining(`its blob's name ${reason}`),
    });
  });

  it('takes a name that no encoding would give as it is written', () => {
    expect(
      readImageEvent(created('100% sure.png', 'https://a.blob.core.windows.net/images/100% sure.png'), 'images'),
    ).toEqual({ kind: 'created', places: [{ container: 'images', name: '100% sure.png' }] });
  });

  it.each([
    ['another event', { ...created('a.png'), eventType: 'Microsoft.Storage.BlobDeleted' }, 'BlobDeleted'],
    ['another container', { ...created('a.png'), subject: `${SUBJECT.replace('images', 'images2')}a.png` }, 'images'],
    ['the container itself', { ...created('a.png'), subject: SUBJECT }, 'does not lie in the container images'],
    ['text', 'hello', 'not an event'],
    ['nothing', null, 'not an event'],
    ['a list of events', [created('a.png')], 'not an event'],
    ['an object of another kind', { id: 1 }, 'not an event'],
  ])('says why it is none of ours: %s', (_, message, reason) => {
    const event = readImageEvent(message, 'images');
    expect(event).toMatchObject({ kind: 'other', reason: expect.stringContaining(reason) });
  });
});
