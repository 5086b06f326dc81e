import { describe, expect, it } from 'vitest';
import { parseAmount } from '../../../shared/tasks/numbers/readNumbers.ts';
import { toCsv } from '../../../shared/tasks/rendering/toCsv.ts';
import { findRepetition } from '../../../shared/tasks/reply/findRepetition.ts';

describe('parseAmount', () => {
  it.each<readonly [string, number | undefined]>([
    ['12', 12],
    ['-3.5', -3.5],
    ['−3,5', -3.5],
    ['1,234', undefined],
    ['0,125', 0.125],
    ['1.234,5 €', 1234.5],
    ['1,234,567.89', 1234567.89],
    ['1.234.567', 1234567],
    ["1'234", 1234],
    ['$ 7', 7],
    ['(12)', -12],
    ['7 %', 7],
    ['80 km', 80],
    ['2026-01-02', undefined],
    ['n/a', undefined],
    ['', undefined],
    ['1.2.3,4,5', undefined],
    ['Q1', undefined],
  ])('%s means %s', (printed, value) => {
    expect(parseAmount(printed)).toBe(value);
  });
});

describe('toCsv', () => {
  it('quotes what RFC 4180 quotes and disarms formulas, but no numbers', () => {
    expect(
      toCsv([
        ['a', 'b"c'],
        ['-5', '=1+1'],
      ]),
    ).toBe(`a,"b""c"\r\n-5,'=1+1\r\n`);
  });

  it.each([
    ['-', '-'],
    ['-5,2 %', '"-5,2 %"'],
    ['+1', '+1'],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['\t=1+1', "'\t'=1+1"],
    ['\n=1+1', '"\'\n\'=1+1"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['two\nlines', '"two\nlines"'],
    ['', ''],
  ])('writes %j as %j', (cell, written) => {
    expect(toCsv([[cell]])).toBe(`${written}\r\n`);
  });
});

describe('findRepetition', () => {
  it.each<readonly [string, string, number | undefined]>([
    ['one word', 'la '.repeat(30), 30],
    ['a sentence', 'The total is due. '.repeat(6), 6],
    ['a sentence after others', `Dear Sir, we write to you. ${'The total is due. '.repeat(12)}`, 12],
    ['Chinese without spaces', '合计应付金额。'.repeat(8), 8],
    [
      'ordinary text',
      'We met on Monday, and we met on Tuesday, and we met again on Friday in the same room.',
      undefined,
    ],
    ['a column of zeros', '0.00\n'.repeat(200), undefined],
    ['a sentence said four times', 'The total is due now, so please pay. '.repeat(4), undefined],
    ['nothing', '', undefined],
  ])('of %s', (_, text, times) => {
    expect(findRepetition(text)).toBe(times);
  });
});
