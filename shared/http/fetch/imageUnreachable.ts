import { AppError } from '../../errors.ts';

/** The host of an image's URL could not be reached, or answered that it has no time: the same call may succeed later. */
export class ImageUnreachable extends AppError {
  override readonly name = 'ImageUnreachable';
  readonly retryAfterMs: number;
  /** The host took too long: 504 in place of 502. */
  readonly isTimeout: boolean;

  constructor(
    detail: string,
    when: { readonly retryAfterMs: number; readonly isTimeout?: boolean },
    options?: ErrorOptions,
  ) {
    super('image-unreachable', detail, options);
    this.retryAfterMs = when.retryAfterMs;
    this.isTimeout = when.isTimeout ?? false;
  }

  override get status(): number {
    return this.isTimeout ? 504 : super.status;
  }
}
