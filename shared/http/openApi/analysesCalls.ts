import { z } from 'zod';
import { cancelBodySchema, listQuerySchema, retryBodySchema } from '../calls/readAnalysesCalls.ts';
import { queueCallSchema } from '../calls/readQueueCall.ts';
import { resultsQuerySchema } from '../views/resultLines.ts';
import {
  ANALYSIS_EXAMPLE,
  analysisListSchema,
  analysisSchema,
  manyChangedSchema,
  queueEndSchema,
} from './analysisSchema.ts';
import { type ApiCall, jsonAnswer } from './apiCall.ts';

/** The calls about analyses that are there, or are to be. */

const LISTED = { ...ANALYSIS_EXAMPLE, answer: undefined, markdown: undefined };

export const ANALYSES_CALLS: readonly ApiCall[] = [
  {
    method: 'post',
    path: '/analyses',
    operationId: 'startAnalyses',
    summary: 'Queue what already lies in the images container',
    bodies: { 'application/json': { schema: queueCallSchema, example: { prefix: 'scans/2026/', dryRun: true } } },
    answers: { 200: jsonAnswer('How many', queueEndSchema, { matched: 1200, queued: 0 }) },
    problems: [400, 413],
  },
  {
    method: 'get',
    path: '/analyses',
    operationId: 'listAnalyses',
    summary: 'List analyses, newest first',
    query: listQuerySchema,
    answers: { 200: jsonAnswer('A page', analysisListSchema, { analyses: [LISTED] }) },
    problems: [400],
  },
  {
    method: 'get',
    path: '/analyses/{id}',
    operationId: 'getAnalysis',
    summary: 'One analysis, with its answer when it is there',
    answers: { 200: jsonAnswer('The analysis', analysisSchema, ANALYSIS_EXAMPLE) },
    problems: [400, 404],
  },
  {
    method: 'post',
    path: '/analyses/{id}/retry',
    operationId: 'retryAnalysis',
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
    problems: [400, 404, 409, 410],
  },
  {
    method: 'post',
    path: '/analyses/retry',
    operationId: 'retryAnalyses',
    summary: 'Run many failed analyses again, a page at a time',
    bodies: {
      'application/json': { schema: retryBodySchema, example: { code: 'answer-unusable', prefix: 'scans/2026/' } },
    },
    answers: { 200: jsonAnswer('How many', manyChangedSchema, { matched: 12, changed: 12 }) },
    problems: [400, 413],
  },
  {
    method: 'post',
    path: '/analyses/cancel',
    operationId: 'cancelAnalyses',
    summary: 'Stop what waits, by ids or by prefix, a page at a time',
    bodies: { 'application/json': { schema: cancelBodySchema, example: { prefix: 'scans/2026/' } } },
    answers: {
      200: jsonAnswer('How many', manyChangedSchema, {
        matched: 40,
        changed: 40,
        left: [{ id: '5d41402abc4b2a76b9719d911017c592', reason: 'running' }],
      }),
    },
    problems: [400, 413],
  },
  {
    method: 'get',
    path: '/results',
    operationId: 'results',
    summary: 'All results in one stream',
    query: resultsQuerySchema,
    answers: {
      200: {
        description: 'jsonl: each line an analysis with its answer. csv: a row each',
        content: {
          'application/jsonl': { example: JSON.stringify(ANALYSIS_EXAMPLE) },
          'text/csv': { example: 'id,source,task\r\n5d41402abc4b2a76b9719d911017c592,valley.jpg,describe\r\n' },
        },
      },
    },
    problems: [400],
  },
];

/** Of a line of GET /results. */
export const resultLineSchema = analysisSchema.extend({ answer: z.unknown(), markdown: z.string() });
