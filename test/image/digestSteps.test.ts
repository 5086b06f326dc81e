import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../shared/concurrency/inSteps.ts';
import { digestSteps } from '../../shared/image/digestSteps.ts';

describe('digestSteps', () => {
  it('is SHA-256 in hexadecimal, and the same for the same content', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(atOnce(digestSteps(Buffer.from('abc')))).toBe(abc);
    expect(atOnce(digestSteps(new Uint8Array([97, 98, 99])))).toBe(abc);
  });

  const MIB = 1024 * 1024;

  it.each([
    [0, 0],
    [MIB, 0],
    [MIB + 1, 1],
    [3 * MIB, 2],
  ])('leaves the process to others after each MiB: %i bytes with %i pauses', (length, pauses) => {
    const bytes = Buffer.alloc(length, 'argus');
    const steps = digestSteps(bytes);
    let paused = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) paused++;
    expect([paused, step.value]).toEqual([pauses, createHash('sha256').update(bytes).digest('hex')]);
  });
});
