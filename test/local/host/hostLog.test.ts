import { describe, expect, it } from 'vitest';
import { createHostLog } from '../../../local/host/hostLog.ts';

describe('createHostLog', () => {
  const lines: string[] = [];
  const log = createHostLog({ default: 'Warning', 'Function.talks': 'Debug', 'Function.talks.User': 'None' }, (line) =>
    lines.push(line.replace(/^\S+ /, '')),
  );

  it('writes what host.json lets through: the longest prefix of the category counts', () => {
    log('information', 'Host', 'not this');
    log('warning', 'Host', 'this');
    log('debug', 'Function.talks', 'this too');
    log('trace', 'Function.talks', 'not this');
    log('debug', 'Function.talksToo', 'not this');
    log('critical', 'Function.talks.User', 'not this');
    log('error', 'Host', 'two\nlines');
    expect(lines).toEqual(['warning Host: this', 'debug Function.talks: this too', 'error Host: two\n  lines']);
  });
});
