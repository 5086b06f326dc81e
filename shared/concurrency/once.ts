/** The value of the first call, kept: what is built when it is first needed costs a cold start nothing. */
export function once<Value>(build: () => Value): () => Value {
  let built: { readonly value: Value } | undefined;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}

/** `once` for each of several keys, as long as the key lives. */
export function oncePer<Key extends object, Value>(build: (key: Key) => Value): (key: Key) => Value {
  const built = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const known = built.get(key) ?? { value: build(key) };
    built.set(key, known);
    return known.value;
  };
}

/**
 * `once` for work that can fail: callers at the same time share one try, its result is kept, and a failure is not, so that
 * the next call tries again. A library could not be loaded, for example, because the process had no file handle left.
 */
export function onceDone<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let done: Promise<Value> | undefined;
  return () => {
    if (done) return done;
    const trying = work();
    done = trying;
    trying.catch(() => {
      if (done === trying) done = undefined;
    });
    return trying;
  };
}
