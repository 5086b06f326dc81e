import { describe, expect, it } from 'vitest';
import { deletedAccountsSchema, permissionsSchema } from '../../infra/preflight/answers.ts';
import { deletedAccountRows } from '../../infra/preflight/deletedAccounts.ts';
import { nameRows } from '../../infra/preflight/names.ts';
import { planOf } from '../../infra/preflight/plan.ts';
import { mayDo, rightsRows } from '../../infra/preflight/rights.ts';
import { known, type Row } from '../../infra/preflight/row.ts';
import { CONTRIBUTOR, DELETED_ACCOUNT, ROLE_ADMINISTRATOR } from './recordedAnswers.ts';
import { goldenSnapshots } from './snapshot.ts';

const plan = planOf(goldenSnapshots.get('infra/main.bicepparam'));

const contributor = permissionsSchema.parse(CONTRIBUTOR);
const both = permissionsSchema.parse([...CONTRIBUTOR, ...ROLE_ADMINISTRATOR]);

const problems = (rows: readonly Row[]): readonly Row[] => rows.filter(({ state }) => state !== 'ok');

describe('deletedAccountRows', () => {
  it('offers the commands that restore or purge an account of the same name', () => {
    const deleted = deletedAccountsSchema.parse([
      DELETED_ACCOUNT,
      { ...DELETED_ACCOUNT, name: plan.accounts[1]?.name.toUpperCase(), location: 'eastus2' },
    ]);
    const [row, ...more] = deletedAccountRows(plan, known(deleted));
    expect(more).toEqual([]);
    expect(row).toMatchObject({ state: 'fails', check: 'Deleted account ARGUS-DEV-EASTUS2-G2T6KTCHVOBAM' });
    const account = '-l eastus2 -g bvttest -n ARGUS-DEV-EASTUS2-G2T6KTCHVOBAM';
    expect(row?.todo).toBe(
      `Restore it: az cognitiveservices account recover ${account}. Or remove it for good: az cognitiveservices account purge ${account}`,
    );
  });

  it('leaves accounts of other names alone', () => {
    expect(deletedAccountRows(plan, known(deletedAccountsSchema.parse([DELETED_ACCOUNT])))).toMatchObject([
      { state: 'ok', found: 'None of 1 has a name of this deployment.' },
    ]);
  });
});

describe('nameRows', () => {
  const free = { isFree: true, why: '' };
  const names = [
    ...plan.storageAccounts,
    ...plan.sites.map(({ name }) => name),
    ...plan.accounts.map(({ name }) => name),
  ];
  const [host = '', data = ''] = plan.storageAccounts;
  const asked = (taken: Readonly<Record<string, string>> = {}) =>
    new Map(names.map((name) => [name, known(taken[name] ? { isFree: false, why: taken[name] } : free)]));
  const none = known([]);

  it('has one row where every name is free', () => {
    expect(nameRows(plan, known({ kind: 'new' }), asked(), none)).toMatchObject([{ state: 'ok', found: '6 free.' }]);
  });

  it('fails for a name that is taken, with what Azure says', () => {
    const rows = nameRows(plan, known({ kind: 'new' }), asked({ [data]: `The name ${data} is already taken.` }), none);
    expect(rows).toMatchObject([
      { state: 'ok', found: '5 free.' },
      { state: 'fails', check: `Name of storage account ${data}`, found: `The name ${data} is already taken.` },
    ]);
  });

  it('takes what an earlier deployment made as its own', () => {
    const resources = [{ type: 'microsoft.storage/storageaccounts', name: host }];
    const rows = nameRows(plan, known({ kind: 'existing', resources }), asked({ [host]: 'taken' }), none);
    expect(rows).toMatchObject([{ state: 'ok', found: '5 free, 1 held by this installation.' }]);
  });

  it('leaves the subdomain of a deleted account to the row of that account', () => {
    const name = plan.accounts[0]?.name ?? '';
    const deleted = known([{ id: '', name, location: '' }]);
    expect(problems(nameRows(plan, known({ kind: 'new' }), asked({ [name]: 'taken' }), deleted))).toEqual([]);
  });
});

describe('mayDo', () => {
  it.each([
    ['Microsoft.Web/sites/write', contributor, true],
    ['Microsoft.Authorization/roleAssignments/write', contributor, false],
    ['microsoft.authorization/ROLEASSIGNMENTS/write', both, true],
    ['Microsoft.Web/sites/read', permissionsSchema.parse([{ actions: ['*/read'] }]), true],
    ['Microsoft.Web/sites/write', permissionsSchema.parse([{ actions: ['*/read'] }]), false],
    ['MicrosoftXWeb/sites/write', permissionsSchema.parse([{ actions: ['Microsoft.Web/*'] }]), false],
    ['Microsoft.Web/sites/write', permissionsSchema.parse([]), false],
  ] as const)('%s', (action, permissions, expected) => {
    expect(mayDo(permissions, action)).toBe(expected);
  });
});

describe('rightsRows', () => {
  const group = '/subscriptions/s/resourceGroups/rg-argus';
  const home = { path: group, isForNewGroup: false };

  it('says which role gives what is missing, and how to ask for it', () => {
    const rows = rightsRows(plan, home, [], new Map([[group, known(contributor)]]));
    expect(rows).toMatchObject([
      { check: 'Right to create resources on rg-argus', state: 'ok' },
      {
        check: 'Right to assign roles on rg-argus',
        state: 'fails',
        found: 'You lack 1 of 1: Microsoft.Authorization/roleAssignments/write.',
        todo: `Ask an owner for it: az role assignment create --role "Role Based Access Control Administrator" --assignee <your object id> --scope ${group}`,
      },
    ]);
  });

  it('counts the right to create the group where there is none yet', () => {
    const permissions = permissionsSchema.parse([
      { actions: ['*'], notActions: ['Microsoft.Resources/subscriptions/resourceGroups/write'] },
    ]);
    const [row] = rightsRows(
      plan,
      { path: '/subscriptions/s', isForNewGroup: true },
      [],
      new Map([['/subscriptions/s', known(permissions)]]),
    );
    expect(row).toMatchObject({ state: 'fails', found: expect.stringContaining('resourceGroups/write.') });
  });

  it('asks for the roles alone on the group of an account that is there already', () => {
    const other = '/subscriptions/s/resourceGroups/rg-shared';
    const permissions = new Map([
      [group, known(both)],
      [other, known(permissionsSchema.parse([{ actions: ['*/read'] }]))],
    ]);
    const rows = rightsRows(plan, home, [{ path: other, isForNewGroup: false }], permissions);
    expect(problems(rows).map(({ check, found }) => `${check}: ${found}`)).toEqual([
      'Right to create resources on rg-shared: You lack 1 of 1: Microsoft.Resources/deployments/write.',
      'Right to assign roles on rg-shared: You lack 1 of 1: Microsoft.Authorization/roleAssignments/write.',
    ]);
  });
});
