import { describe, expect, it } from 'vitest';
import { unknownName } from '../../shared/requests/schemaProblems.ts';

const NAMES = ['task', 'question', 'quality', 'maxOutputTokens', 'models'];

describe('unknownName', () => {
  it.each([
    ['tsk', NAMES, 'tsk is not known here. Did you mean task?'],
    ['colour', ['from', 'to'], 'colour is not known here. Known names: from, to.'],
    ['colour', [], 'colour is not known here. This call takes no options.'],
  ])('says of %s what is known', (name, known, message) => {
    expect(unknownName(name, known)).toEqual({ path: name, message });
  });
});
