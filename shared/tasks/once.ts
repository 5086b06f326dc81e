/** The value of the first call, kept: schemas are built when they are first needed, so that a cold start pays for none. */
export function once<Value>(build: () => Value): () => Value {
  let built: { readonly value: Value } | undefined;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}
