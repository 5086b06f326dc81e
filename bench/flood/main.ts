import { commandLineOrExit } from '../../local/process/commandLine.ts';
import { amount, flag, wholeNumber } from '../../local/process/options.ts';
import { printFigure } from '../figure.ts';
import { figuresOf } from './figures.ts';
import { flood } from './flood.ts';

const { values } = commandLineOrExit({
  name: 'npm run bench:flood',
  does: `Drops many small images at once before a pool whose quota lets them through in so many minutes. A JSON
line per figure: whether all were answered, in which order, with how much memory, and how well the end
was foretold.`,
  options: {
    images: wholeNumber('images to drop', { least: 1, fallback: 10_000 }),
    minutes: amount('in which the quota lets them through', 20),
    processes: wholeNumber('processes of the app', { least: 1, fallback: 1 }),
    verbose: flag('everything that the processes print'),
  },
});

const end = await flood({
  images: values.images,
  minutes: values.minutes,
  processes: values.processes,
  onLine: (line) => {
    if (values.verbose) console.error(line);
  },
});
for (const figure of figuresOf(end)) printFigure(figure);
process.exit(0);
