import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { STORAGE_NAMES } from '../../local/cloud/storageNames.ts';
import { DEAD_LETTERS_CONTAINER } from '../../shared/upkeep/recoverUndeliveredEvents.ts';
import { goldenSnapshots } from './snapshot.ts';

describe('the storage that the template makes', () => {
  it.each(EXAMPLES)(
    '%s is what the local storage has, and a container for the dead letters of Event Grid',
    (example) => {
      const made = (kind: string): readonly string[] => [
        ...new Set(
          (goldenSnapshots.get(example)?.predictedResources ?? [])
            .filter(({ type, name }) => type.endsWith(kind) && !name.includes('host'))
            .map(({ name }) => name.split('/').at(-1) ?? ''),
        ),
      ];
      expect(made('/queues').toSorted()).toEqual([...STORAGE_NAMES.queues].toSorted());
      expect(made('/tables').toSorted()).toEqual([...STORAGE_NAMES.tables].toSorted());
      expect(made('/containers')).toEqual(
        expect.arrayContaining([...STORAGE_NAMES.containers, DEAD_LETTERS_CONTAINER]),
      );
    },
  );
});
