import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BICEP_VERSION, lookForBicep, type Machine, presentBicep, restoreFromNuGet } from '../../local/make/bicep.ts';
import { canCheck } from './compile.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argus-bicep-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that says which version of Bicep it is. */
function installed(place: string, version: string): string {
  const path = join(folder, place, 'bicep');
  mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho 'Bicep CLI version ${version} (0123456789)'\n`);
  chmodSync(path, 0o755);
  return path;
}

function machine(onPath: readonly string[] = []): Machine {
  return {
    environment: { PATH: onPath.map((place) => join(folder, place)).join(delimiter) },
    homeFolder: join(folder, 'home'),
    toolsFolder: join(folder, 'tools'),
  };
}

describe.runIf(process.platform !== 'win32')('lookForBicep', () => {
  it('takes the compiler on the path first', () => {
    const onPath = installed('bin', '0.60.1');
    installed('home/.azure/bin', '0.61.0');
    expect(lookForBicep(machine(['empty', 'bin']))).toBe(onPath);
  });

  it('takes the one of the Azure CLI, then the one of azd', () => {
    const ofAzd = installed('home/.azd/bin', BICEP_VERSION);
    expect(lookForBicep(machine())).toBe(ofAzd);
    const ofAz = installed('home/.azure/bin', BICEP_VERSION);
    expect(lookForBicep(machine())).toBe(ofAz);
  });

  it.each(['0.48.9', '0.49.1', 'unreadable'])('passes over version %s, which is too old', (version) => {
    installed('bin', version);
    const newer = installed('home/.azd/bin', '1.0.0');
    expect(lookForBicep(machine(['bin']))).toBe(newer);
  });

  it('finds nothing where there is nothing', () => {
    expect(lookForBicep(machine(['empty']))).toBeUndefined();
  });
});

describe.runIf(process.platform !== 'win32')('presentBicep', () => {
  it('gives every compiler of the machine, also one that is too old for the golden files and builds all the same', () => {
    const ofAzd = installed('home/.azd/bin', '0.41.2');
    const onPath = installed('bin', '0.40.0');
    expect(presentBicep(machine(['bin']))).toEqual([onPath, ofAzd]);
    expect(lookForBicep(machine(['bin']))).toBeUndefined();
  });
});

describe('canCheck', () => {
  it('leaves the templates unchecked where there is no compiler, but not in CI', () => {
    expect(canCheck(false, undefined)).toBe(false);
    expect(() => canCheck(false, 'true')).toThrow(/^The templates cannot be checked\. There is no Bicep compiler/);
    expect(canCheck(true, 'true')).toBe(true);
  });
});

describe('restoreFromNuGet', () => {
  it('gives nothing where there is no dotnet', () => {
    expect(restoreFromNuGet(machine(['empty']))).toBeUndefined();
  });
});
