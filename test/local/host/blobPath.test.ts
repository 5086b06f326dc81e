import { describe, expect, it } from 'vitest';
import { bindBlobPath, splitBlobPath } from '../../../local/host/blobPath.ts';

describe('bindBlobPath', () => {
  it.each([
    ['images/{name}', 'images/a/b.png', { name: 'a/b.png' }],
    ['images/{name}.{extension}', 'images/a.b.png', { name: 'a.b', extension: 'png' }],
    ['images/{name}.png', 'images/a.jpg', {}],
    ['images/{name}', 'other/a.png', {}],
    ['images/a+b({name})', 'images/a+b(c)', { name: 'c' }],
  ])('reads %s of %s as %o', (pattern, path, expected) => {
    expect(bindBlobPath(pattern, path)).toEqual(expected);
  });
});

describe('splitBlobPath', () => {
  it('takes the first part as the container', () => {
    expect(splitBlobPath('images/a/b.png')).toEqual({ container: 'images', name: 'a/b.png' });
  });

  it.each(['images', 'images/', '/a.png', ''])('refuses "%s"', (path) => {
    expect(() => splitBlobPath(path)).toThrow(`"${path}" is no "container/blob".`);
  });
});
