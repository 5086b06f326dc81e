import { describe, expect, it } from 'vitest';
import { InvalidRequest } from '../../shared/errors.ts';
import { uploadOptions } from '../../shared/requests/uploadRequest.ts';

describe('uploadOptions', () => {
  it.each([
    ['tables/march.png', {}, { task: 'tables' }],
    ['tables/2026/march.png', {}, { task: 'tables' }],
    ['tables/march.png', { task: 'text' }, { task: 'text' }],
    ['march.png', {}, {}],
    ['tables', {}, {}],
    ['photos/tables/march.png', {}, {}],
    ['Tables/march.png', {}, {}],
    ['march.png', { question: 'Wie%20hoch%20ist%20es%3F', colour: 'red' }, { question: 'Wie hoch ist es?' }],
    ['march.png', { task: 'ask', question: '%E9%AB%98%E3%81%84' }, { task: 'ask', question: '高い' }],
    ['march.png', { reuse: 'true' }, { reuse: true }],
    ['march.png', { parts: 'auto' }, { parts: 'auto' }],
    ['march.png', { model: 'gpt-4o@2024-11-20', detail: 'low' }, { model: 'gpt-4o@2024-11-20', detail: 'low' }],
  ])('of %s with %o is %o', (name, metadata, options) => {
    expect(uploadOptions(name, metadata as Record<string, string>)).toEqual(options);
  });

  it('names every value that is not percent-encoded UTF-8', () => {
    const wrong = (): unknown => uploadOptions('a.png', { question: '100 %', task: 'text', model: '%E9' });
    expect(wrong).toThrow(InvalidRequest);
    expect(wrong).toThrow(
      'The metadata question is "100 %", which is not percent-encoded UTF-8. ' +
        'The metadata model is "%E9", which is not percent-encoded UTF-8.',
    );
  });
});
