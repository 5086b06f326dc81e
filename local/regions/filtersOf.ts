import type { ChatRequest } from './chatRequest.ts';
import type { FilterCategory } from './contentFilter.ts';
import type { Fault } from './fault.ts';
import type { RegionSettings } from './regionOptions.ts';
import type { Seen } from './seen.ts';

/** What the content filter stops: by a fault, by the list of digests, or by the mark in the image's corner. */
export function filtersOf(
  chat: ChatRequest,
  by: { readonly fault: Fault; readonly region: RegionSettings; readonly seen: Seen | undefined },
): { readonly image: FilterCategory | undefined; readonly answer: FilterCategory | undefined } {
  const listed = (on: 'image' | 'answer'): FilterCategory | undefined =>
    by.region.filterImages.find((one) => one.on === on && chat.images.some((image) => image.sha256 === one.sha256))
      ?.category;
  const marked = (on: 'image' | 'answer'): FilterCategory | undefined =>
    by.seen?.marker === on ? 'violence' : undefined;
  const { fault } = by;
  return {
    image: fault.kind === 'filter-image' ? fault.category : (listed('image') ?? marked('image')),
    answer: fault.kind === 'filter-answer' ? fault.category : (listed('answer') ?? marked('answer')),
  };
}
