import { describe, expect, it } from 'vitest';
import { wantedPages } from '../../shared/documents/wantedPages.ts';

const PDF = { format: 'pdf', pages: 12 } as const;

describe('wantedPages', () => {
  it('is all pages, or those that are asked for', () => {
    expect(wantedPages({ format: 'tiff', pages: 2 }, undefined, 200)).toEqual([1, 2]);
    expect(wantedPages(PDF, '11-,3', 200)).toEqual([3, 11, 12]);
  });

  it('refuses more than the limit, and says what to ask for and what to set', () => {
    expect(() => wantedPages(PDF, undefined, 10)).toThrow(
      'The document has 12 pages to analyse; the limit is 10. Ask for some of them with pages, such as 1-10, or raise DOCUMENT_MAX_PAGES.',
    );
    expect(wantedPages(PDF, '3-12', 10)).toHaveLength(10);
  });

  it('refuses pages that the document does not have', () => {
    expect(() => wantedPages(PDF, '20-30', 200)).toThrow(
      'pages is "20-30": the document has 12 pages, and none of these.',
    );
  });

  it('refuses a document without pages', () => {
    expect(() => wantedPages({ format: 'pdf', pages: 0 }, undefined, 200)).toThrow(
      'The PDF file is broken: it has no pages.',
    );
  });
});
