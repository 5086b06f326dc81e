/** The request never left: certainly not billed, and no fault of the deployment. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  readonly reason: 'no-token' | 'aborted';

  constructor(reason: 'no-token' | 'aborted', message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
