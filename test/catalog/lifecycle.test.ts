import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { lifecycleWarning } from '../../shared/catalog/lifecycle.ts';

const warningOf = (name: string, day: string) => lifecycleWarning(getModel(name), Date.parse(day));

describe('lifecycleWarning', () => {
  it('says that a model is retired', () => {
    expect(warningOf('gpt-4@vision-preview', '2026-11-23')).toBe(
      'gpt-4@vision-preview is retired: choose a newer model for anything new.',
    );
    expect(warningOf('o3', '2026-11-23')).toBe(
      'o3@2025-04-16 is retired since 2026-10-21: the service names gpt-5.6-sol as its replacement.',
    );
  });

  it('says that a model is a preview, and that it goes soon', () => {
    expect(warningOf('gpt-chat-latest', '2026-11-23')).toBe(
      'gpt-chat-latest@2026-08-06 is a preview, not meant for production. ' +
        'gpt-chat-latest@2026-08-06 retires on 2026-12-02, in 9 days: choose a newer model for anything new.',
    );
  });

  it.each([
    ['2026-11-10', undefined],
    ['2026-11-11', 'retires on 2027-02-09, in 90 days'],
    ['2027-02-08', 'retires on 2027-02-09, in 1 day:'],
    ['2027-02-08T12:00:00Z', 'in less than a day'],
    ['2027-02-09', 'was to be retired on 2027-02-09'],
  ])('on %s warns %j about gpt-5', (day, words) => {
    const warning = warningOf('gpt-5', day);
    if (words === undefined) expect(warning).toBeUndefined();
    else expect(warning).toContain(words);
  });
});
