import { describe, expect, it } from 'vitest';
import { InvalidRequest, type Problem } from '../../shared/errors.ts';
import { type AnalysisRequest, requestDigest } from '../../shared/requests/analysisRequest.ts';
import { type RequestDefaults, resolveModel, resolveRequest } from '../../shared/requests/resolveRequest.ts';
import { seedDeployment, seedPool } from '../pool/deployments.ts';

const newer = seedDeployment('eastus', { name: 'gpt-4o-eastus', model: 'gpt-4o@2024-11-20' });
const DEFAULTS: RequestDefaults = {
  task: 'analyze',
  model: 'gpt-4@vision-preview',
  language: undefined,
  deployments: [...seedPool, newer],
};

function resolve(given: unknown, defaults: Partial<RequestDefaults> = {}): AnalysisRequest {
  return resolveRequest(given, { ...DEFAULTS, ...defaults });
}

function problemsOf(given: unknown): readonly Problem[] {
  try {
    resolve(given);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
  return [];
}

describe('resolveRequest', () => {
  it('takes the defaults of the installation and of the task', () => {
    expect(resolve({})).toEqual({ task: 'analyze', model: 'gpt-4@vision-preview', detail: 'high', quality: 'full' });
    expect(resolve({ task: 'describe' }).quality).toBe('balanced');
    expect(resolve({}, { language: 'de', task: 'text' })).toMatchObject({ task: 'text', language: 'de' });
    expect(resolve({ language: 'fr' }, { language: 'de' }).language).toBe('fr');
  });

  it('keeps parts only where an image may be cut, so that no other analysis changes its identity', () => {
    expect(resolve({ parts: 'auto' }).parts).toBe('auto');
    expect(resolve({ parts: 'none' })).toEqual(resolve({}));
    expect(requestDigest(resolve({ parts: 'none' }))).toBe('de191e8a9e06123e');
    expect(requestDigest(resolve({ parts: 'auto' }))).not.toBe(requestDigest(resolve({})));
    expect(problemsOf({ parts: 'always' })).toEqual([
      { path: 'parts', message: 'parts is "always": must be one of auto, none.' },
    ]);
  });

  it('keeps what was given', () => {
    const given = {
      task: 'ask',
      question: 'How many?',
      instructions: 'Be brief.',
      model: 'gpt-4o',
      detail: 'low',
      quality: 'economy',
      maxOutputTokens: 100,
    };
    expect(resolve(given)).toEqual({ ...given, model: 'gpt-4o@2024-11-20' });
  });

  it('reports all problems at once, each with its value', () => {
    const problems = problemsOf({
      task: 'guess',
      model: 'gpt-5',
      detail: 'fine',
      quality: 'best',
      maxOutputTokens: 1,
      colour: 'red',
    });
    expect(problems.map(({ path }) => path)).toEqual([
      'detail',
      'quality',
      'maxOutputTokens',
      'colour',
      'task',
      'model',
    ]);
    const sentences = problems.map(({ message }) => message).join('\n');
    expect(sentences).toContain('detail is "fine": ');
    expect(sentences).toContain('maxOutputTokens is 1: ');
    expect(sentences).toContain('colour is not known here.');
    expect(sentences).toContain('task "guess" is not one of analyze, describe,');
  });

  it('finds what a task lacks beside what is wrong elsewhere', () => {
    expect(problemsOf({ task: 'ask', detail: 'fine' }).map(({ path }) => path)).toEqual(['detail', 'question']);
    expect(problemsOf({ task: 'extract' }).map(({ path }) => path)).toEqual(['schema']);
  });

  it('gives question and instructions one and the same limit, in a sentence', () => {
    const long = 'x'.repeat(4_001);
    expect(problemsOf({ task: 'ask', question: long, instructions: long })).toEqual([
      { path: 'question', message: 'question has 4,001 characters; the limit is 4,000.' },
      { path: 'instructions', message: 'instructions has 4,001 characters; the limit is 4,000.' },
    ]);
  });

  it.each([null, 5, 'text', []])('refuses %j', (given) => {
    expect(problemsOf(given)).not.toEqual([]);
  });
});

describe('resolveModel', () => {
  it.each([
    [undefined, { model: 'gpt-4@vision-preview' }],
    ['gpt-4', { model: 'gpt-4@vision-preview' }],
    ['gpt-4o', { model: 'gpt-4o@2024-11-20' }],
    ['gpt-4o@2024-11-20', { model: 'gpt-4o@2024-11-20' }],
    ['gpt-4o-eastus', { model: 'gpt-4o@2024-11-20', deploymentName: 'gpt-4o-eastus' }],
  ])('of %s is %o', (reference, resolved) => {
    expect(resolveModel(reference, DEFAULTS)).toEqual(resolved);
  });

  it('takes a model before a deployment of the same name', () => {
    const deployments = [seedDeployment('westus', { name: 'gpt-4o' }), newer];
    expect(resolveModel('gpt-4o', { model: 'gpt-4@vision-preview', deployments })).toEqual({
      model: 'gpt-4o@2024-11-20',
    });
  });

  it('names what the pool has', () => {
    expect(() => resolveModel('gpt-4o@2024-05-13', DEFAULTS)).toThrow(
      'model "gpt-4o@2024-05-13" is neither a model nor a deployment of this pool; there are: gpt-4@vision-preview, ' +
        'gpt-4o@2024-11-20, gpt-4-vision-preview-australiaeast,',
    );
  });
});
