import { describe, expect, it } from 'vitest';
import { atOnce, inSteps, letOthersRun } from '../../shared/concurrency/inSteps.ts';

function* counted(steps: number, seen: string[], name: string): Generator<void, string> {
  for (let step = 1; step <= steps; step += 1) {
    seen.push(`${name}${step}`);
    yield;
  }
  return name;
}

describe('inSteps', () => {
  it('lets other timers run between two steps', async () => {
    const seen: string[] = [];
    setTimeout(() => seen.push('timer'), 0);
    await expect(inSteps(counted(2, seen, 'step '))).resolves.toBe('step ');
    expect(seen).toEqual(['step 1', 'timer', 'step 2']);
  });
});

describe('letOthersRun', () => {
  it('lets one caller go on after each pause, in order of arrival', async () => {
    const seen: string[] = [];
    const pauses = ['a', 'b', 'c'].map((name) => letOthersRun().then(() => seen.push(name)));
    await pauses[0];
    expect(seen).toEqual(['a']);
    await Promise.all(pauses);
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});

describe('atOnce', () => {
  it('runs all steps without a pause', () => {
    const seen: string[] = [];
    expect(atOnce(counted(3, seen, 'x'))).toBe('x');
    expect(seen).toEqual(['x1', 'x2', 'x3']);
  });
});
