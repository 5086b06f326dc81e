import { coded, invalidRequest, type ServiceError } from './serviceError.ts';

/** What the service says of images that it does not take, as callers have published it. */

/** Neither an address nor a data URL of an image in base64 (microsoft/semantic-kernel#6674, 2024-06-11; a PDF: #12688, 2025-07-09). */
export const invalidImageUrl = coded(
  400,
  'BadRequest',
  'Invalid image URL. The URL must be a valid HTTP or HTTPS URL, or a data URL with base64 encoding.',
);

/** Some images only (microsoft/azurechat#481, 2025-02-06); its code is not known. */
export const invalidBase64 = coded(400, 'BadRequest', 'Invalid image (base64) data.');

/** Portkey error library, azure-openai 10044 (read on 2026-11-30); its code is not known. */
export const imageSize = coded(
  400,
  'BadRequest',
  'The image size must be greater than zero and cannot exceed 20971520 bytes.',
);

/** Bytes that are none of the four formats (Portkey error library, azure-openai 10016, in the wording of 2025). */
export const invalidImageFormat = invalidRequest(
  "You uploaded an unsupported image. Please make sure your image is valid and has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
  { code: 'invalid_image_format' },
);

/** Bytes that begin as an image and cannot be decoded (openai/openai-node#1463, 2025-04-10). */
export const imageParseError = invalidRequest(
  'You uploaded an unsupported image. Please make sure your image is valid.',
  { code: 'image_parse_error' },
);

/** The limit of GPT-4 Turbo with Vision and of Learn, "GPT with vision" (the-open-agent/openagent#829, 2024-06-08); newer models take 50 by other pages. */
export function tooManyImages(max: number): ServiceError {
  return coded(400, 'BadRequest', `Too many images in request. Max is ${max}.`);
}
