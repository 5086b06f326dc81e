import { describe, expect, it, vi } from 'vitest';
import { runBicep } from '../../local/make/bicep.ts';
import { hasCompiler } from './compile.ts';
import { ofType, snapshotOf } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const OPERATOR = '33333333-3333-3333-3333-333333333333';

async function typesOfOperator(more: string): Promise<readonly unknown[]> {
  const snapshot = await snapshotOf(`
param environmentName = 'operator'
param operatorPrincipalId = '${OPERATOR}'
${more}
param deployments = [{ region: 'eastus2', model: 'gpt-5.1', version: '2025-11-13', sku: 'GlobalStandard', capacity: 10 }]`);
  const assignments = ofType(snapshot, 'Microsoft.Authorization/roleAssignments');
  const ofOperator = assignments.filter(({ properties }) => properties.principalId === OPERATOR);
  expect(ofOperator).toHaveLength(5);
  // A property that is null counts as one that is not there (ARM template functions, `null`).
  return [...new Set(ofOperator.map(({ properties }) => properties.principalType ?? 'none'))];
}

describe.runIf(await hasCompiler())('the operator', () => {
  it('is a person or a pipeline: Azure looks up what the id is of, unless it is said', async () => {
    expect(await typesOfOperator('')).toEqual(['none']);
    expect(await typesOfOperator("param operatorPrincipalType = 'ServicePrincipal'")).toEqual(['ServicePrincipal']);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['User', 'User'],
    ['ServicePrincipal', 'ServicePrincipal'],
    ['Group', 'Group'],
  ])('of azd, which sets no type itself, has with AZURE_PRINCIPAL_TYPE %o the type %s', (given, type) => {
    const run = runBicep(['build-params', 'infra/main.bicepparam', '--stdout'], undefined, {
      AZURE_PRINCIPAL_ID: OPERATOR,
      ...(given === undefined ? {} : { AZURE_PRINCIPAL_TYPE: given }),
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { parameters } = JSON.parse(JSON.parse(run.stdout).parametersJson);
    expect(parameters.operatorPrincipalId.value).toBe(OPERATOR);
    expect(parameters.operatorPrincipalType?.value ?? undefined).toBe(type);
  });

  it('cannot be of a type that there is not', () => {
    const run = runBicep(['build-params', 'infra/main.bicepparam', '--stdout'], undefined, {
      AZURE_PRINCIPAL_TYPE: 'Person',
    });
    expect(run.stderr).toContain("'Group' | 'ServicePrincipal' | 'User' | null");
  });
});
