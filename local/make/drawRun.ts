import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '..', '..');
const START = join(PROJECT, 'local', 'start', 'start.ts');
const PICTURE = join(PROJECT, 'docs', 'images', 'npm-start.svg');
const COMMAND = 'npm start -- --once';
/** Width of a letter and height of a line for monospaced text of 13 px. */
const LETTER = 7.83;
const LINE = 19;
const EDGE = 18;
const TITLE_BAR = 34;

/**
 * A terminal's text as an SVG picture that follows the reader's light or dark theme. The first line is the command.
 *
 * @example terminalPicture(['$ npm test', 'ok']) // '<svg xmlns="http://www.w3.org/2000/svg" …'
 */
function terminalPicture(lines: readonly string[]): string {
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * LETTER + 2 * EDGE);
  const height = TITLE_BAR + lines.length * LINE + EDGE;
  const rows = lines.map((line, row) => {
    const style = row === 0 ? ' class="c"' : /^-+$/.test(line) ? ' class="d"' : '';
    return `<text x="${EDGE}" y="${TITLE_BAR + (row + 1) * LINE - 5}"${style}>${escapeXml(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" xml:space="preserve" aria-label="What ${COMMAND} prints">`,
    '<style>rect{fill:#f6f8fa;stroke:#d0d7de}text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328}circle{fill:#afb8c1}.c{fill:#0550ae;font-weight:600}.d{fill:#8c959f}',
    '@media(prefers-color-scheme:dark){rect{fill:#0d1117;stroke:#3d444d}text{fill:#e6edf3}circle{fill:#484f58}.c{fill:#79c0ff}.d{fill:#6e7681}}</style>',
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...[0, 1, 2].map((dot) => `<circle cx="${EDGE + 4 + dot * 18}" cy="18" r="5"/>`),
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/**
 * What every run on the samples prints alike: the table without regions and times, without the ends of first lines, which
 * depend on the room that the other columns leave, and the names of the results.
 */
export function stableLines(output: string): readonly string[] {
  return output.split('\n').flatMap((line) => {
    const row = /^(\S+\.\w+ +\w+) +(?:\S+|[\d,]+ pages) +([\d,–]+ +[\d,–]+ +[$\d.–]+\*?) +[\d.]+ s +(.{1,22})/.exec(
      line,
    );
    if (row) return [row.slice(1).join(' ').replaceAll(/ +/g, ' ')];
    return /^ {2}results\/| was rejected: |files are new/.test(line) ? [line] : [];
  });
}

/** The text in a picture of `terminalPicture`. */
export function pictureText(picture: string): string {
  const lines = [...picture.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text = '']) => text);
  return lines.join('\n').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Runs the samples. The folder and the port are written as they are by default, in a clone at `~/argus`. */
async function captureRun(): Promise<readonly string[]> {
  const data = await mkdtemp(join(tmpdir(), 'picture-'));
  try {
    const child = spawn(process.execPath, [START, '--once', '--port', '0', '--data', data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const code = await new Promise((settle) => child.once('close', settle));
    if (code !== 0) throw new Error(`${COMMAND} ended with ${code}:\n${output}`);
    const written = output.replaceAll(data, '~/argus/.local/data').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:7071');
    return [`$ ${COMMAND}`, ...written.trimEnd().split('\n')];
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  await writeFile(PICTURE, terminalPicture(await captureRun()));
  console.log(`Wrote ${PICTURE}.`);
}
