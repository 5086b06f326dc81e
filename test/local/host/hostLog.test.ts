import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseHostFile } from '../../../local/host/hostFile.ts';
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
    log('critical', 'Function.talks.User', 'not this');
    log('error', 'Host', 'two\nlines');
    expect(lines).toEqual(['warning Host: this', 'debug Function.talks: this too', 'error Host: two\n  lines']);
  });

  it('takes a name as the beginning of a category, in any case of letters', () => {
    const written: string[] = [];
    const logOf = createHostLog({ default: 'Information', 'azure.core': 'Error' }, (line) => written.push(line));
    logOf('warning', 'Azure.Core', 'not this');
    logOf('warning', 'Azure.CoreAndMore', 'not this');
    logOf('warning', 'Azure.Identity', 'this');
    expect(written).toEqual([expect.stringMatching(/ warning Azure\.Identity: this$/)]);
  });

  it('leaves out what the storage clients of the host say of each request, with the host.json of the app', async () => {
    const hostJson = JSON.parse(await readFile(join(import.meta.dirname, '../../../host.json'), 'utf8'));
    const written: string[] = [];
    const logOf = createHostLog(parseHostFile(hostJson).logLevels, (line) => written.push(line));
    for (const category of ['Azure.Core', 'Azure.Identity']) logOf('information', category, 'Request …');
    // A lock that another instance holds is 409 every few seconds.
    logOf('warning', 'Azure.Core', 'Error response 409');
    expect(written).toEqual([]);
    logOf('error', 'Azure.Core', 'kept');
    logOf('information', 'Function.onTimer.User', 'kept');
    expect(written).toHaveLength(2);
  });
});
