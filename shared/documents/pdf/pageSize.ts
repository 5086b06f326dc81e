import type { PageBox } from './pdfPages.ts';

/**
 * A page of a PDF has no pixels. It counts as a picture at this resolution, that of a good scan: nothing is drawn at it, and
 * what a model looks at is smaller, except for print that is cut into parts.
 */
const OWN_DPI = 300;
const POINTS_PER_INCH = 72;

/** No picture that a service takes is larger; a page of 200 inches counts as a picture of this size. */
const MOST_SIDE_PX = 16_000;

/** Pixels per point at which a page counts. */
export function pixelsPerPoint({ widthPt, heightPt }: PageBox): number {
  return Math.min(OWN_DPI / POINTS_PER_INCH, MOST_SIDE_PX / Math.max(widthPt, heightPt));
}

/** The size of a page in pixels: an A4 page of 595 x 842 points has 2479 x 3508. */
export function pageSize(box: PageBox): { readonly width: number; readonly height: number } {
  const scale = pixelsPerPoint(box);
  return {
    width: Math.max(1, Math.round(box.widthPt * scale)),
    height: Math.max(1, Math.round(box.heightPt * scale)),
  };
}
