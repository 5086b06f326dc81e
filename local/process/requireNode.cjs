// Every npm script runs this first: an older Node would otherwise fail later with a sentence about something else.
const wanted = [22, 18];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  console.error(
    `This runs on Node ${process.versions.node}; Argus needs ${wanted.join('.')} or newer. ` +
      '`npm ci` (with install scripts allowed) brings it along, and `npm start` and `npm test` then use it.',
  );
  process.exit(1);
}
