/**
 * How long a claim on an analysis holds: what a killed process leaves behind is taken up that much later. A holder that
 * lives renews it well before its end, so that clocks may differ by some seconds and a write may be late.
 */
export const LEASE_MS = 30_000;

export const LEASE_RENEWAL_MS = 10_000;
