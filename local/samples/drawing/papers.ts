import sharp, { type Sharp } from 'sharp';

/** Pages that are words and lines: a letter, a table, a chart, a sign. Set in DejaVu (free licence), drawn from SVG. */

function fromSvg(size: { width: number; height: number }, body: string): Sharp {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${body}</svg>`;
  return sharp(Buffer.from(svg));
}

interface Lettering {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly family?: 'DejaVu Sans' | 'DejaVu Serif';
  readonly weight?: 'bold';
  readonly anchor?: 'middle' | 'end';
  readonly fill?: string;
}

function text(
  words: string,
  { x, y, size, family = 'DejaVu Sans', weight, anchor = undefined, fill = '#1c1c1c' }: Lettering,
): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" font-family="${family}" font-size="${size}" font-weight="${weight ?? 'normal'}" text-anchor="${anchor ?? 'start'}" fill="${fill}">${escaped}</text>`;
}

const LETTER = [
  'Dear Ms Okafor,',
  '',
  'thank you for the photographs of the old harbour. The',
  'committee met on Thursday and agreed to restore the',
  'lighthouse before winter. Repairs to the lamp room begin',
  'on 4 May; the staircase follows in June.',
  '',
  'We still need three things from you:',
  '',
  '   1. the drawings of the foundation from 1923,',
  '   2. a signed copy of the insurance policy,',
  '   3. the telephone number of the keeper.',
  '',
  'The budget is 48,500 euros. Please send your answer by',
  'the end of the month, so that the carpenters can order',
  'oak and copper in time.',
  '',
  'With kind regards,',
  'Henrik Lindqvist',
  'Harbour Restoration Society',
];

export function drawLetter(): Sharp {
  const lines = LETTER.map((line, place) => {
    const indented = line.startsWith('   ');
    return text(line.trim(), { x: indented ? 140 : 100, y: 330 + place * 44, size: 28, family: 'DejaVu Serif' });
  });
  return fromSvg(
    { width: 1_000, height: 1_300 },
    `<rect width="1000" height="1300" fill="#fffef9"/>${text('Harbour Restoration Society', { x: 100, y: 130, size: 40, family: 'DejaVu Serif', weight: 'bold' })}
    <line x1="100" y1="156" x2="900" y2="156" stroke="#7a1f1f" stroke-width="3"/>
    ${text('17 March 2026', { x: 900, y: 220, size: 26, family: 'DejaVu Serif', anchor: 'end' })}${lines.join('')}`,
  );
}

const MINUTES = [
  [
    'Present: Ms Okafor, Mr Lindqvist, Ms Brandt, Mr Osei.',
    'Excused: Mr Varga.',
    '',
    '1. The minutes of 12 February were approved.',
    '',
    '2. Mr Lindqvist reported on the lamp room. The glass has',
    'arrived, and the carpenters begin on 4 May.',
    '',
    '3. Ms Brandt showed the accounts. The society has',
    '61,240 euros; the staircase will cost 18,300 euros.',
    '',
    '4. The committee voted on the staircase: four in favour,',
    'nobody against.',
  ],
  [
    '5. The harbour office asks for a second light on the',
    'breakwater. Mr Osei will find out what it costs.',
    '',
    '6. The summer fair is on 20 June. Ms Okafor looks for',
    'volunteers for the ticket booth.',
    '',
    'The next meeting is on Thursday, 16 April, at 18:30 in',
    'the boathouse.',
    '',
    'Recorded by Ingrid Brandt, secretary.',
  ],
];

/** Minutes of a meeting, a page each. */
export function drawMinutes(): readonly Sharp[] {
  return MINUTES.map((lines, page) => {
    const written = lines.map((line, place) =>
      text(line, { x: 100, y: 330 + place * 48, size: 28, family: 'DejaVu Serif', fill: '#000000' }),
    );
    return fromSvg(
      { width: 1_000, height: 1_300 },
      `<rect width="1000" height="1300" fill="#ffffff"/>${text('Minutes of the committee', { x: 100, y: 130, size: 40, family: 'DejaVu Serif', weight: 'bold', fill: '#000000' })}
      ${text('Thursday, 12 March 2026', { x: 100, y: 190, size: 28, family: 'DejaVu Serif', fill: '#000000' })}
      ${text(`Page ${page + 1} of ${MINUTES.length}`, { x: 900, y: 1_230, size: 24, anchor: 'end', fill: '#000000' })}${written.join('')}`,
    );
  });
}

const SALES = [
  ['Product', 'Units', 'Price', 'Revenue'],
  ['Copper kettle', '128', '39.00', '4,992.00'],
  ['Oak board', '342', '18.50', '6,327.00'],
  ['Linen towel', '517', '9.90', '5,118.30'],
  ['Glass jar', '806', '4.25', '3,425.50'],
  ['Wool blanket', '74', '89.00', '6,586.00'],
  ['Candle', '1,290', '2.80', '3,612.00'],
  ['Total', '3,157', '', '30,060.80'],
];

export function drawSalesTable(): Sharp {
  const columns = [380, 560, 740, 1_000];
  const rows = SALES.map((cells, row) => {
    const y = 190 + row * 62;
    const isHead = row === 0;
    const isTotal = row === SALES.length - 1;
    const shade = isHead ? '#d3dee8' : isTotal ? '#e6ecf1' : row % 2 === 0 ? '#f3f6f8' : '#ffffff';
    const words = cells.map((cell, column) =>
      text(cell, {
        x: column === 0 ? 80 : (columns[column] ?? 0),
        y,
        size: 28,
        ...(column === 0 ? {} : { anchor: 'end' as const }),
        ...(isHead || isTotal ? { weight: 'bold' as const } : {}),
      }),
    );
    return `<rect x="60" y="${y - 42}" width="960" height="62" fill="${shade}" stroke="#9aa8b4"/>${words.join('')}`;
  });
  return fromSvg(
    { width: 1_080, height: 720 },
    `<rect width="1080" height="720" fill="#ffffff"/>${text('Sales in March 2026 (euros)', { x: 60, y: 90, size: 38, weight: 'bold' })}${rows.join('')}`,
  );
}

const VISITORS = [
  ['Jan', 120],
  ['Feb', 150],
  ['Mar', 210],
  ['Apr', 340],
  ['May', 420],
  ['Jun', 360],
] as const;

export function drawVisitorChart(): Sharp {
  const bars = VISITORS.map(([month, visitors], place) => {
    const x = 170 + place * 130;
    const tall = visitors * 0.96;
    return `<rect x="${x}" y="${600 - tall}" width="84" height="${tall}" fill="#2f7f86"/>
      ${text(`${visitors}`, { x: x + 42, y: 590 - tall, size: 26, anchor: 'middle' })}
      ${text(month, { x: x + 42, y: 642, size: 28, anchor: 'middle' })}`;
  });
  const grid = [0, 100, 200, 300, 400, 500].map(
    (value) =>
      `<line x1="140" y1="${600 - value * 0.96}" x2="940" y2="${600 - value * 0.96}" stroke="#c9d2d6"/>${text(`${value}`, { x: 124, y: 609 - value * 0.96, size: 24, anchor: 'end' })}`,
  );
  return fromSvg(
    { width: 1_000, height: 720 },
    `<rect width="1000" height="720" fill="#ffffff"/>${text('Visitors of the lighthouse by month', { x: 500, y: 64, size: 36, weight: 'bold', anchor: 'middle' })}
    ${grid.join('')}${bars.join('')}<line x1="140" y1="600" x2="940" y2="600" stroke="#333333" stroke-width="3"/>
    ${text('Month (2026)', { x: 540, y: 696, size: 26, anchor: 'middle' })}`,
  );
}

/** A sign to stand in a landscape; transparent around it. */
/** A notice as a phone sees it from near: few colours, which a small HEIC can hold without loss. */
export function drawFerryNotice(): Sharp {
  return fromSvg(
    { width: 640, height: 480 },
    `<rect width="640" height="480" fill="#ffffff"/><rect x="40" y="40" width="560" height="90" fill="#1f3a5f"/>
    ${text('FERRY', { x: 320, y: 108, size: 64, weight: 'bold', anchor: 'middle', fill: '#ffffff' })}
    ${text('Last boat at 16:45', { x: 320, y: 250, size: 56, anchor: 'middle', fill: '#000000' })}
    ${text('Pier closed on Monday', { x: 320, y: 360, size: 48, anchor: 'middle', fill: '#000000' })}`,
  );
}

export function drawSign(): Sharp {
  return fromSvg(
    { width: 900, height: 760 },
    `<rect x="415" y="330" width="70" height="430" fill="#5c4128"/><rect x="430" y="330" width="16" height="430" fill="#6e5034"/>
    <rect x="40" y="40" width="820" height="320" rx="22" fill="#1f4d3a" stroke="#f4f1e4" stroke-width="12"/>
    ${text('MILL LANE', { x: 450, y: 160, size: 84, weight: 'bold', anchor: 'middle', fill: '#fbf8ec' })}
    ${text('Footpath to the river', { x: 450, y: 250, size: 54, anchor: 'middle', fill: '#fbf8ec' })}
    ${text('2 km', { x: 450, y: 325, size: 54, anchor: 'middle', fill: '#fbf8ec' })}`,
  );
}
