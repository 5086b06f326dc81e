/** A turnstile: of the steps that come to it, one runs at a time, in the order in which they came. */
export type Turnstile = <Value>(step: () => Promise<Value>) => Promise<Value>;

export function oneAfterTheOther(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const turn = last.then(step);
    last = turn.catch(() => undefined);
    return turn;
  };
}
