import { describe, expect, it } from 'vitest';
import { joinTextPages } from '../../../shared/tasks/pages/joinTextPages.ts';

describe('joinTextPages', () => {
  it('puts the blocks of all pages in order, each with its page', () => {
    const pages = [
      { page: 2, answer: { language: null, blocks: [] } },
      { page: 3, answer: { language: 'en', blocks: [{ kind: 'heading' as const, text: 'Minutes' }] } },
      { page: 7, answer: { language: 'fi', blocks: [{ kind: 'paragraph' as const, text: 'Everybody came.' }] } },
    ];
    expect(joinTextPages(pages)).toEqual({
      language: 'en',
      blocks: [
        { kind: 'heading', text: 'Minutes', page: 3 },
        { kind: 'paragraph', text: 'Everybody came.', page: 7 },
      ],
      plain: 'Minutes\n\nEverybody came.',
    });
  });
});
