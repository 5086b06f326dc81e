import { describe, expect, it } from 'vitest';
import type { Row } from '../../infra/preflight/row.ts';
import { rowTable } from '../../infra/preflight/rowTable.ts';

describe('rowTable', () => {
  const rows: readonly Row[] = [
    { check: 'Provider Microsoft.Web', state: 'ok', found: 'Registered.', todo: '' },
    {
      check: 'Names',
      state: 'could not check',
      found: 'There is no sign-in to Azure here.',
      todo: 'Run `azd auth login` or `az login`.',
    },
  ];

  it('puts what to do below what was found', () => {
    expect(rowTable(rows, 100)).toBe(
      [
        'ok               Provider Microsoft.Web  Registered.',
        'could not check  Names                   There is no sign-in to Azure here.',
        '                 To do: Run `azd auth login` or `az login`.',
        '',
        '0 would fail, 0 warnings, 1 not checked, 1 ok.',
      ].join('\n'),
    );
  });

  it('gives what was found lines of its own in a narrow terminal', () => {
    expect(rowTable(rows, 60).split('\n').slice(0, 4)).toEqual([
      'ok               Provider Microsoft.Web',
      '                 Registered.',
      'could not check  Names',
      '                 There is no sign-in to Azure here.',
    ]);
  });
});
