/** The value of the first call, kept: schemas are built when they are first needed, so that a cold start pays for none. */
export function once<Value>(build: () => Value): () => Value {
  let built: { readonly value: Value } | undefined;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}

/** The same for each of several keys, as long as the key lives. */
export function oncePer<Key extends object, Value>(build: (key: Key) => Value): (key: Key) => Value {
  const built = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const known = built.get(key) ?? { value: build(key) };
    built.set(key, known);
    return known.value;
  };
}
