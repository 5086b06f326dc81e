import { describe, expect, it } from 'vitest';
import { pagesAhead } from '../../shared/backlog/pagesAhead.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { newAnalysis } from '../../shared/records/analysisSteps.ts';
import { NOON_MS, queuedRecord, REQUEST, waitingRecord } from '../support/sampleRecords.ts';

const facts = { format: 'pdf', total: 100, pages: 60, succeeded: 20, failed: 1, openAtOnce: 8 } as const;

function documentOf(name: string): AnalysisRecord {
  return { ...waitingRecord(queuedRecord(name), NOON_MS, { waitingFor: 'pages' }), document: facts };
}

function pageOf({ id, source }: AnalysisRecord, page: number): AnalysisRecord {
  if (source.kind === 'page') throw new Error('A page has no pages.');
  return newAnalysis({ kind: 'page', documentId: id, page, format: 'pdf', of: source }, REQUEST, NOON_MS);
}

describe('pagesAhead', () => {
  it('counts the pages of a document that have not begun', () => {
    const document = documentOf('report.pdf');
    const open = [22, 23, 24].map((page) => pageOf(document, page));
    expect(pagesAhead([document, ...open, queuedRecord('photo.jpg')])).toBe(60 - 21 - 3);
  });

  it('adds up documents, each with its own pages', () => {
    const [one, other] = [documentOf('one.pdf'), documentOf('other.pdf')];
    expect(pagesAhead([one, other, pageOf(one, 22)])).toBe(39 + 39 - 1);
  });

  it('is none without documents', () => {
    expect(pagesAhead([queuedRecord('photo.jpg')])).toBe(0);
  });
});
