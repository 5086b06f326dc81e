import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import type { Finding } from './reading.ts';
import { tableMarkdown } from './rendering/tableMarkdown.ts';
import { defineTask } from './task.ts';

export const objectReply = once(() =>
  z.object({
    name: z.string().describe('What it is, in the singular.'),
    counted: z.enum(['each', 'estimated']).describe('Whether each was counted, or too many to count were estimated.'),
    count: z.int(),
    where: z.string().describe('Where they are in the image.'),
    instances: z.array(z.string()).describe('One entry for each that was counted: how to tell it from the others.'),
  }),
);

const objectsAnswer = once(() => z.object({ objects: z.array(objectReply()) }));

type ObjectReply = z.infer<ReturnType<typeof objectReply>>;
type ObjectsAnswer = z.infer<ReturnType<typeof objectsAnswer>>;

/** The objects of the image and how many there are, with the instances that prove each count. */
export const objects = defineTask<ObjectsAnswer, ObjectsAnswer>({
  name: 'objects',
  heading: 'Objects',
  version: 3,
  defaultQuality: 'balanced',
  sight: 'overview',
  economyFloorPx: 768,
  sampling: { temperature: 0, topP: 1 },
  expectedOutputTokens: 250,
  maxOutputTokens: 800,
  fullOutputTokens: 3000,
  instructions:
    'Find the objects in the image and count them, one entry a kind, the most prominent first. name: singular. Up to 20 of a ' +
    'kind: list each in instances, by its place and what tells it from the others, then set count to the number of ' +
    'instances and counted to each. More than 20: estimate the count, counted estimated, instances empty. where: the place ' +
    'in the image. Count what is partly hidden if you are sure what it is. Nothing recognizable: an empty list.',
  reply: objectsAnswer,
  answer: objectsAnswer,
  content: 'objects',
  complete: (reply) => reply,
  check: ({ objects }) => objects.flatMap((object, place) => checkObject(object, `objects[${place}]`)),
  prose: ({ objects }) => objects.map(({ where }) => where),
  title: () => null,
  firstLine: ({ objects }) => objectsLine(objects),
  markdown: ({ objects }) => objectsMarkdown(objects),
});

/** Of more than this the instructions ask for an estimate, and for no list. */
const MOST_LISTED = 20;

/** A count must equal its instances, unless they are too many to list; a blank one proves nothing, the same one counts once. */
export function checkObject(object: ObjectReply, place: string): readonly Finding[] {
  const { name, count, counted } = object;
  if (name.trim() === '') return [{ code: 'empty-answer', detail: `${place}.name is empty.`, repair: true }];
  if (count < 0) return [{ code: 'count-mismatch', detail: `${place}.count is ${count}.`, repair: true }];
  const instances = object.instances.filter((instance) => instance.trim() !== '');
  if (counted === 'estimated' && count > MOST_LISTED && instances.length === 0) return [];
  if (count !== instances.length) {
    const detail = `${place}.count is ${count}, its instances are ${instances.length}.`;
    return [{ code: 'count-mismatch', detail, repair: true }];
  }
  const different = new Set(instances.map((instance) => instance.trim().toLowerCase())).size;
  if (different === instances.length) return [];
  const detail = `${place} lists ${instances.length} instances, of which ${different} differ.`;
  return [{ code: 'repeated-instance', detail, repair: true }];
}

function objectsLine(objects: readonly ObjectReply[]): string {
  if (objects.length === 0) return 'No objects.';
  return objects.map((object) => `${object.name}: ${countShown(object)}`).join(', ');
}

export function objectsMarkdown(objects: readonly ObjectReply[]): string {
  if (objects.length === 0) return 'No objects.';
  const hasInstances = objects.some(({ instances }) => instances.length > 0);
  const rows = objects.map((object) => [
    ...[object.name, countShown(object), object.where],
    ...(hasInstances ? [object.instances.join('; ')] : []),
  ]);
  const header = ['Object', 'Count', 'Where', ...(hasInstances ? ['Instances'] : [])];
  return tableMarkdown({ header, rows, numeric: [1] });
}

function countShown({ count, counted }: ObjectReply): string {
  return counted === 'estimated' ? `≈ ${count}` : String(count);
}
