/** @throws Error when an answer does not come within so many milliseconds; what comes later is not looked at. */
export async function inTime<T>(
  asking: Promise<T>,
  waitMs: number,
  sleep: (waitMs: number) => Promise<void>,
): Promise<T> {
  asking.catch(() => undefined);
  const late = Symbol('late');
  const answer = await Promise.race([asking, sleep(waitMs).then((): typeof late => late)]);
  if (answer === late) throw new Error(`The state of the pool could not be had within ${waitMs} ms.`);
  return answer;
}
