import { parseArgs } from 'node:util';
import { printFigure } from '../figure.ts';
import { figuresOf } from './figures.ts';
import { flood } from './flood.ts';

/**
 * `npm run bench:flood [-- --images 10000 --minutes 20 --processes 1 --verbose]`
 *
 * So many small images are dropped at once before a pool whose quota lets them through in so many minutes. A JSON line per
 * figure: whether all were answered, in which order, with how much memory, and how well the end was foretold.
 */
const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '20' },
    processes: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});

const end = await flood({
  images: Number(values.images),
  minutes: Number(values.minutes),
  processes: Number(values.processes),
  onLine: (line) => {
    if (values.verbose) console.error(line);
  },
});
for (const figure of figuresOf(end)) printFigure(figure);
process.exit(0);
