import { describe, expect, it } from 'vitest';
import { ABLATIONS } from '../../bench/pool/ablation/ablations.ts';
import { editedText } from '../../bench/pool/ablation/variant.ts';

describe('ABLATIONS', () => {
  it.each(ABLATIONS.map(({ name, edits }) => [name, edits] as const))(
    'find the code that they switch off: %s',
    async (_, edits) => {
      for (const [file, own] of Map.groupBy(edits, (edit) => edit.file)) {
        expect(await editedText(file, own)).toContain(own[0]?.to);
      }
    },
  );
});
