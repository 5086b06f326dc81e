import { describe, expect, it } from 'vitest';
import type { FollowedAnalysis } from '../../../local/start/followAnalyses.ts';
import { resultTable, warningLines } from '../../../local/start/resultTable.ts';

const LETTER: FollowedAnalysis = {
  id: 'a',
  name: 'text/letter.png',
  status: 'succeeded',
  task: 'text',
  region: 'switzerlandnorth',
  estimatedTokens: 1_346,
  billedTokens: 1_346,
  usd: 0.01889,
  ms: 2_600,
  warnings: [],
  firstLine: 'Harbour Restoration Society, 17 March 2026. Dear Ms Okafor, thank you for your letter.',
};
const NOTES: FollowedAnalysis = {
  ...{ ...LETTER, name: 'notes.png', status: 'rejected', region: '', estimatedTokens: null, billedTokens: null },
  ...{ usd: null, ms: 100, firstLine: 'not-an-image: The file is empty.' },
};

describe('resultTable', () => {
  it('shows a row a file, its first line cut to what the screen has left', () => {
    expect(resultTable([LETTER, NOTES], 120).split('\n')).toEqual([
      'file             task      region            estimated  billed      cost   time  first line',
      '-'.repeat(120),
      'text/letter.png  text      switzerlandnorth      1,346   1,346  $0.01889  2.6 s  Harbour Restoration Society, 17 March …',
      'notes.png        rejected  –                         –       –         –  0.1 s  not-an-image: The file is empty.',
    ]);
  });

  it('shows of a document how many pages it has; of one that failed, how many have an answer', () => {
    const all = { ...LETTER, region: '', pages: { pages: 3, succeeded: 3, failed: 0 } };
    const one = { ...all, pages: { pages: 1, succeeded: 1, failed: 0 } };
    const lost = { ...all, status: 'failed', pages: { pages: 1_200, succeeded: 1_198, failed: 2 } };
    const shown = resultTable([all, one, lost], 120).split('\n').slice(2);
    expect(shown.map((row) => row.slice(17, 45).trimEnd())).toEqual([
      'text    3 pages',
      'text    1 page',
      'failed  1,198 of 1,200 pages',
    ]);
  });

  it('gives name, figures and first line a line each where the screen is narrow', () => {
    const lines = resultTable([LETTER, NOTES], 80).split('\n');
    expect(lines.slice(3, 6)).toEqual([
      'text/letter.png',
      '    text      switzerlandnorth      1,346   1,346  $0.01889  2.6 s',
      '    Harbour Restoration Society, 17 March 2026. Dear Ms Okafor, thank you for y…',
    ]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('marks what a second call has cost, and says below what it was for', () => {
    const cut = 'The first answer was cut at 212 tokens; the second call cost $0.01889.';
    const rows = [{ ...LETTER, usd: 0.03612, warnings: [{ code: 'first-answer-cut', detail: cut }] }, NOTES];
    expect(resultTable(rows, 120).split('\n')[2]).toContain(' $0.03612*  2.6 s ');
    expect(warningLines(rows)).toEqual([`* first-answer-cut: text/letter.png: ${cut}`]);
  });

  it('says below what is different from what was given: a line a kind, with the first file that has it', () => {
    const warnings = [
      { code: 'first-frame', detail: 'The image is an animation; its first frame was analysed.' },
      { code: 'ambiguous-number', detail: 'One value.' },
      { code: 'ambiguous-number', detail: 'Two values.' },
    ];
    expect(warningLines([NOTES, { ...LETTER, warnings }, { ...LETTER, name: 'b.gif', warnings }])).toEqual([
      'first-frame: text/letter.png and 1 more: The image is an animation; its first frame was analysed.',
      'ambiguous-number: text/letter.png and 1 more: Two values.',
    ]);
  });

  it('keeps its columns below each other for letters that take two, and lets no name steer the terminal', () => {
    const [, , wide, hostile] = resultTable(
      [
        { ...LETTER, name: '漢字.png' },
        { ...LETTER, name: '\u001b[31mred\n.png' },
      ],
      120,
    ).split('\n');
    expect(wide).toMatch(/^漢字\.png {7}text /);
    expect(hostile).toMatch(/^\ufffd\[31mred\ufffd\.png {2}text /);
  });
});
