/** Places in line are kept for starts up to this far ahead; whoever starts later has a time to come back at. */
export const HORIZON_MS = 2 * 60_000;
/** While an HTTP caller asked within this time, the backlog keeps off the HTTP share. */
export const HTTP_QUIET_MS = 60_000;
/** What the backlog borrows of the HTTP share it takes at once, so that the share is whole again a minute later. */
export const BORROW_AHEAD_MS = 5_000;
