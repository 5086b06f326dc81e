import { describe, expect, it } from 'vitest';
import { seededChoices, withQuery } from '../../../../local/storage/strict/seededChoices.ts';

describe('seededChoices', () => {
  it('gives the nth choice about the mth resource, whatever its name and whatever is asked of others meanwhile', () => {
    const [one, two] = [seededChoices(1), seededChoices(1)];
    const ofOne = [one('a'), one('b')].map((choose) => [choose(), choose()]);
    const [first, second] = [two('x'), two('y')];
    const ofTwo = [[first()], [second()]];
    ofTwo[1]?.push(second());
    ofTwo[0]?.push(first());
    expect(ofTwo).toEqual(ofOne);
    expect(new Set(ofOne.flat()).size).toBe(4);
  });

  it('gives others for another seed', () => {
    expect(seededChoices(2)('a')()).not.toBe(seededChoices(1)('a')());
  });
});

describe('withQuery', () => {
  const url = new URL('http://localhost/a/b()?$filter=n%20eq%201&marker=x%2Fy&prefix=a+b');
  it.each([
    [{ marker: 'é' }, '/a/b()?$filter=n%20eq%201&prefix=a+b&marker=%C3%A9'],
    [{ marker: undefined }, '/a/b()?$filter=n%20eq%201&prefix=a+b'],
    [{ $filter: undefined, marker: undefined, prefix: undefined }, '/a/b()'],
  ])('with %j is %s', (parameters, path) => {
    expect(withQuery(url, parameters)).toBe(path);
  });
});
