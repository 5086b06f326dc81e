/** Warnings about changes to an image before it was sent. docs/images.md lists them. */
export interface ImageWarning {
  readonly code: ImageWarningCode;
  readonly detail: string;
}

export const IMAGE_WARNING_CODES = [
  'first-frame',
  'colours-converted',
  'profile-ignored',
  'depth-reduced',
  'samples-scaled',
  'bands-dropped',
  'alpha-flattened',
  'image-cut-short',
  'image-damaged',
] as const;

type ImageWarningCode = (typeof IMAGE_WARNING_CODES)[number];
