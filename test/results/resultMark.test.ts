import { describe, expect, it } from 'vitest';
import { analysisIdOf } from '../../shared/records/analysisSource.ts';
import { requestDigest } from '../../shared/requests/analysisRequest.ts';
import { isOfOtherRequest, markIn, mayBeSame, resultMarkOf } from '../../shared/results/resultMark.ts';
import { resultName } from '../../shared/results/resultName.ts';
import { answeredRecord, droppedFile, NOON_MS, REQUEST } from '../support/sampleRecords.ts';

const source = droppedFile('valley.jpg', NOON_MS - 5_000);
const record = answeredRecord({ source, contentDigest: 'c'.repeat(64), answerOf: 'a'.repeat(32) });

describe('resultMarkOf', () => {
  it('says whose result it is, of which content and which request', () => {
    expect(resultMarkOf(record)).toEqual({
      analysisid: record.id,
      sourcemodified: String(NOON_MS - 5_000),
      requestdigest: requestDigest(record.request),
      contentbytes: '200000',
      contentdigest: 'c'.repeat(64),
      answerof: 'a'.repeat(32),
    });
  });

  it('leaves out what is not known', () => {
    const plain = resultMarkOf({ ...record, image: null, contentDigest: null, answerOf: null });
    expect(plain).toMatchObject({ contentbytes: '0' });
    expect(plain).not.toHaveProperty('contentdigest');
    expect(plain).not.toHaveProperty('answerof');
  });

  it('is of the time of the call where no blob was sent', () => {
    const sent = resultMarkOf({ ...record, source: { kind: 'http', requestId: 'r' } });
    expect(sent.sourcemodified).toBe(String(record.createdAtMs));
  });
});

describe('markIn', () => {
  it('reads what Argus has written, and nothing of what another program has', () => {
    expect(markIn(resultMarkOf(record))).toEqual(resultMarkOf(record));
    expect(markIn({ author: 'me' })).toEqual({});
    expect(markIn({ ...resultMarkOf(record), sourcemodified: 'yesterday' })).toEqual({});
    expect(markIn(undefined)).toEqual({});
  });
});

describe('mayBeSame', () => {
  const mark = resultMarkOf(record);
  const asked = { request: record.request, bytes: 200_000 };

  it('is so for as many bytes and the same request, where the content is known', () => {
    expect(mayBeSame(mark, asked)).toBe(true);
    expect(mayBeSame(mark, { ...asked, bytes: 200_001 })).toBe(false);
    expect(mayBeSame(mark, { ...asked, request: { ...REQUEST, question: 'How many?' } })).toBe(false);
    const { contentdigest: _, ...unread } = mark;
    expect(mayBeSame(unread, asked)).toBe(false);
    expect(mayBeSame(undefined, asked)).toBe(false);
  });
});

describe('isOfOtherRequest', () => {
  const other = requestDigest({ ...REQUEST, question: 'How many?' });

  it('is so for another request about the very same version alone', () => {
    const mark = { analysisid: analysisIdOf(source, other), requestdigest: other };
    expect(isOfOtherRequest(mark, record)).toBe(true);
    expect(isOfOtherRequest(mark, { ...record, id: mark.analysisid })).toBe(false);
    expect(isOfOtherRequest({ ...mark, analysisid: 'f'.repeat(32) }, record)).toBe(false);
    expect(isOfOtherRequest({ analysisid: mark.analysisid }, record)).toBe(false);
    expect(isOfOtherRequest({ requestdigest: other }, record)).toBe(false);
    expect(isOfOtherRequest(undefined, record)).toBe(false);
  });
});

describe('resultName', () => {
  const named = (name: string) => resultName({ ...record, source: { ...source, name } });

  it("is the image's name and the task; with the request where it was asked aside; the id of a call", () => {
    expect(resultName(record)).toBe('valley.jpg.text');
    expect(resultName({ ...record, isAside: true })).toBe(`valley.jpg.text.${requestDigest(record.request)}`);
    expect(resultName({ ...record, source: { kind: 'http', requestId: 'r' } })).toBe(record.id);
  });

  it('has room for its endings within 1,024 characters, and tells long names apart', () => {
    // 1,024 less `.text` and `.json`.
    expect(named('a'.repeat(1_014))).toBe(`${'a'.repeat(1_014)}.text`);
    const cut = named('a'.repeat(1_015));
    expect(cut).toMatch(/^a{997}~[0-9a-f]{16}\.text$/);
    expect(cut).toHaveLength(1_019);
    expect(named(`${'a'.repeat(1_015)}b`)).not.toBe(named(`${'a'.repeat(1_015)}c`));
  });

  it('cuts no character in half', () => {
    expect(named(`${'a'.repeat(996)}${'🏔'.repeat(20)}`)).toMatch(/^a{996}~[0-9a-f]{16}\.text$/);
  });
});
