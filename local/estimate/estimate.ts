import { resolve } from 'node:path';
import { collectProblems, formatCount, InvalidRequest, type Problem } from '../../shared/errors.ts';
import type { FolderAnswer } from '../../shared/estimates/estimateFolder.ts';
import { commandLineOrExit } from '../process/commandLine.ts';
import { flag, text } from '../process/options.ts';
import { estimateLocalFolder } from './estimateLocalFolder.ts';
import { estimateTable } from './estimateTable.ts';

const COMMAND = {
  name: 'npm run estimate',
  does: `What a folder's images and documents would cost on each model, from headers and page sizes alone: no network,
no account, no model call. docs/estimates.md says how the figures come about.`,
  operands: { word: 'FOLDER', says: 'its files and those of folders below it', least: 1, most: 1 },
  options: {
    models: text('A,B', 'only these models (default: every model that is not retired)'),
    task: text('T', 'the task (default: by the first folder of a name, else describe)'),
    detail: text('D', 'the detail of the requests'),
    quality: text('Q', 'the quality of the requests'),
    parts: text('auto', 'sends large images in parts'),
    pages: text('1-20,35', 'only these pages of documents'),
    'max-output-tokens': text('N', 'the most tokens of an answer'),
    'tokens-per-minute': text('N', 'the quota: how many minutes it takes'),
    json: flag('the answer as JSON'),
  },
};

async function main(): Promise<void> {
  const { values, operands } = commandLineOrExit(COMMAND);
  const [folder = ''] = operands;
  const { models, task, detail, quality, parts, pages } = values;
  const problems: Problem[] = [];
  const numberOf = (name: 'max-output-tokens' | 'tokens-per-minute'): number | undefined =>
    collectProblems(problems, () => wholeNumber(`--${name}`, values[name]));
  const [maxOutputTokens, tokensPerMinute] = [numberOf('max-output-tokens'), numberOf('tokens-per-minute')];
  const given = { task, detail, quality, parts, pages, maxOutputTokens };
  const answer: FolderAnswer = await estimateLocalFolder({
    folder: resolve(folder),
    options: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(models === undefined ? {} : { models: models.split(',') }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
    problems,
    nowMs: Date.now(),
    ...(process.stderr.isTTY ? { onProgress: drawProgress } : {}),
  });
  console.log(values.json ? JSON.stringify(answer, null, 2) : estimateTable(answer));
}

function wholeNumber(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const value = Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  const message = `${name} ${given} is not a whole number above 0.`;
  throw new InvalidRequest([{ path: name, message }]);
}

const BAR_WIDTH = 30;

function drawProgress(done: number, of: number): void {
  if (done !== of && done % 25 !== 0) return;
  const filled = Math.round((BAR_WIDTH * done) / of);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  process.stderr.write(`\r${bar} ${formatCount(done)} of ${formatCount(of)} headers read`);
  if (done === of) process.stderr.write('\r\u001b[K');
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exit(1);
});
