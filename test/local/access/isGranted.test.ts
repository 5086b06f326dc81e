import { describe, expect, it } from 'vitest';
import { allows, BUILT_IN_ROLES, type BuiltInRole } from '../../../local/access/builtInRoles.ts';
import { type Grant, isGranted } from '../../../local/access/isGranted.ts';

function role(name: string): BuiltInRole {
  const found = Object.values(BUILT_IN_ROLES).find((one) => one.name === name);
  if (!found) throw new Error(`There is no role ${name}.`);
  return found;
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const MESSAGES = 'Microsoft.Storage/storageAccounts/queueServices/queues/messages';
const grant = (name: string, scope: string): Grant => ({ caller: 'application', role: role(name), scope });

describe('allows', () => {
  it.each([
    ['Storage Blob Data Reader', `${BLOBS}/read`, true],
    ['Storage Blob Data Reader', `${BLOBS}/write`, false],
    ['Storage Blob Data Contributor', `${BLOBS}/delete`, true],
    ['Storage Blob Data Contributor', `${BLOBS}/tags/write`, false],
    ['Storage Blob Data Contributor', `${BLOBS}/deleteBlobVersion/action`, false],
    ['Storage Blob Data Owner', `${BLOBS}/tags/write`, true],
    ['Storage Blob Data Owner', `${MESSAGES}/read`, false],
    ['Storage Queue Data Message Sender', `${MESSAGES}/add/action`, true],
    ['Storage Queue Data Message Sender', `${MESSAGES}/write`, false],
    ['Storage Queue Data Message Processor', `${MESSAGES}/process/action`, true],
    ['Storage Queue Data Reader', `${MESSAGES}/process/action`, false],
    ['Storage Table Data Reader', 'Microsoft.Storage/storageAccounts/tableServices/tables/entities/write', false],
    ['Cognitive Services OpenAI User', 'Microsoft.CognitiveServices/accounts/OpenAI/models/read', true],
    ['Cognitive Services OpenAI User', 'Microsoft.CognitiveServices/accounts/OpenAI/models/write', false],
  ])('%s, asked for %s: %s', (name, action, isAllowed) => {
    expect(allows(role(name), action)).toBe(isAllowed);
  });
});

describe('isGranted', () => {
  const read = (scope: string) => [{ scope, anyOf: [[`${BLOBS}/read`]] }];

  it.each([
    ['data/blob/images', 'data/blob/images', true],
    ['data', 'data/blob/images', true],
    ['data/blob/images', 'data/blob/images2', false],
    ['data/blob/images', 'data', false],
    ['host', 'data/blob/images', false],
  ])('with a role on %s, on %s: %s', (granted, asked, isAllowed) => {
    expect(isGranted(read(asked), 'application', [grant('Storage Blob Data Reader', granted)])).toBe(isAllowed);
  });

  it('gives nothing to others, nor to those whom the template does not know', () => {
    const grants = [grant('Storage Blob Data Reader', 'data')];
    expect(isGranted(read('data/blob/images'), 'operator', grants)).toBe(false);
    expect(isGranted(read('data/blob/images'), undefined, grants)).toBe(false);
  });

  it('adds roles up: one gives one action, another the next', () => {
    const needs = [{ scope: 'data/queue/due', anyOf: [[`${MESSAGES}/add/action`, `${MESSAGES}/read`]] }];
    const sender = grant('Storage Queue Data Message Sender', 'data');
    const reader = grant('Storage Queue Data Reader', 'data/queue/due');
    expect(isGranted(needs, 'application', [sender])).toBe(false);
    expect(isGranted(needs, 'application', [sender, reader])).toBe(true);
  });

  it('needs all of a call', () => {
    const needs = [...read('data/blob/images'), { scope: 'data/blob/results', anyOf: [[`${BLOBS}/write`]] }];
    const grants = [grant('Storage Blob Data Reader', 'data')];
    expect(isGranted(needs, 'application', grants)).toBe(false);
  });
});
