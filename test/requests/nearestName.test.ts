import { describe, expect, it } from 'vitest';
import { nearestName, unknownName } from '../../shared/requests/nearestName.ts';

const NAMES = ['task', 'question', 'quality', 'maxOutputTokens', 'models'];

describe('nearestName', () => {
  it.each([
    ['quaility', 'quality'],
    ['Quality', 'quality'],
    ['max_output_tokens', 'maxOutputTokens'],
    ['max-output-token', 'maxOutputTokens'],
    ['tasks', 'task'],
    ['model', 'models'],
    ['quesiton', 'question'],
    ['taks', 'task'],
    ['colour', undefined],
    ['__proto__', undefined],
    ['', undefined],
    ['q'.repeat(10_000), undefined],
  ])('of %j is %j', (name, nearest) => {
    expect(nearestName(name, NAMES)).toBe(nearest);
  });
});

describe('unknownName', () => {
  it.each([
    ['tsk', NAMES, 'tsk is not known here. Did you mean task?'],
    ['colour', ['from', 'to'], 'colour is not known here. Known names: from, to.'],
    ['colour', [], 'colour is not known here. This call takes no options.'],
  ])('says of %s what is known', (name, known, message) => {
    expect(unknownName(name, known)).toEqual({ path: name, message });
  });
});
