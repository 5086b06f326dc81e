import { z } from 'zod';
import {
  ANALYSIS_EXAMPLE,
  analysisListSchema,
  analysisSchema,
  manyChangedSchema,
  queueEndSchema,
} from './analysisSchema.ts';
import { type Descriptions, jsonAnswer } from './apiCall.ts';

/** The calls about existing analyses, and those that queue files. */

const LISTED = { ...ANALYSIS_EXAMPLE, answer: undefined, markdown: undefined };

export const ANALYSES_CALLS = {
  startAnalyses: {
    tag: 'analyses',
    summary: 'Queue what already lies in the images container',
    bodyExample: { prefix: 'scans/2026/', dryRun: true },
    answers: { 200: jsonAnswer('How many', queueEndSchema, { matched: 1200, queued: 0 }) },
  },
  listAnalyses: {
    tag: 'analyses',
    summary: 'List analyses, newest first',
    answers: { 200: jsonAnswer('A page', analysisListSchema, { analyses: [LISTED] }) },
  },
  getAnalysis: {
    tag: 'analyses',
    summary: 'One analysis, with its answer when it is there',
    answers: { 200: jsonAnswer('The analysis', analysisSchema, ANALYSIS_EXAMPLE) },
    problems: [404],
  },
  retryAnalysis: {
    tag: 'analyses',
    summary: 'Run a failed or cancelled analysis again',
    answers: {
      202: jsonAnswer(
        'It is queued',
        analysisSchema,
        { ...LISTED, status: 'queued', attempts: [], completedAt: null },
        {
          location: 'Address of the analysis',
          'retry-after': 'Seconds after which to look',
          'retry-after-ms': 'The same in milliseconds',
        },
      ),
    },
    problems: [404, 409, 410],
  },
  retryAnalyses: {
    tag: 'analyses',
    summary: 'Run many failed analyses again, a page at a time',
    bodyExample: { code: 'answer-unusable', prefix: 'scans/2026/' },
    answers: {
      200: jsonAnswer('How many', manyChangedSchema, {
        matched: 12,
        changed: 11,
        left: [{ id: '5d41402abc4b2a76b9719d911017c592', reason: 'bytes-gone' }],
      }),
    },
  },
  cancelAnalyses: {
    tag: 'analyses',
    summary: 'Stop what waits, by ids or by prefix, a page at a time',
    bodyExample: { prefix: 'scans/2026/' },
    answers: {
      200: jsonAnswer('How many', manyChangedSchema, {
        matched: 40,
        changed: 40,
        left: [{ id: '5d41402abc4b2a76b9719d911017c592', reason: 'running' }],
      }),
    },
  },
  results: {
    tag: 'analyses',
    summary: 'All results in one stream',
    answers: {
      200: {
        description: 'jsonl: each line an analysis with its answer. csv: a row each',
        content: {
          'application/jsonl': { example: JSON.stringify(ANALYSIS_EXAMPLE) },
          'text/csv': { example: 'id,source,task\r\n5d41402abc4b2a76b9719d911017c592,valley.jpg,describe\r\n' },
        },
      },
    },
  },
} as const satisfies Descriptions;

/** Of a line of GET /results. */
export const resultLineSchema = analysisSchema.extend({ answer: z.unknown(), markdown: z.string() });
