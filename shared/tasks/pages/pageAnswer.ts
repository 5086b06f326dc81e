/** What one page of a document was answered with. */
export interface PageAnswer<Given> {
  /** Counted from 1. */
  readonly page: number;
  readonly answer: Given;
}
