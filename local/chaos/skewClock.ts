/** Preloaded into an app process of `npm run chaos`: its clock goes wrong by CHAOS_SKEW_MS, as clocks do. */
const skewMs = Number(process.env.CHAOS_SKEW_MS ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given: ConstructorParameters<typeof Date> | []) {
    if (given.length === 0) super(RealDate.now() + skewMs);
    else super(...given);
  }
  static override now(): number {
    return RealDate.now() + skewMs;
  }
} as DateConstructor;
