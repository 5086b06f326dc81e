import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMAGE_WARNING_CODES } from '../../shared/image/imageWarning.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/images.md'), 'utf8');

describe('docs/images.md', () => {
  it('lists every warning about an image, and no other', () => {
    const table = PAGE.slice(PAGE.indexOf('## Warnings'), PAGE.indexOf('## Samples'));
    const listed = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
    expect(listed).toEqual([...IMAGE_WARNING_CODES]);
  });
});
