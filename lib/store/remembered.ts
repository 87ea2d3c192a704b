/** What one process remembers of a store, under names, for as long as it has that store. */
export function remembered<T>(): (store: object) => Map<string, T> {
  const stores = new WeakMap<object, Map<string, T>>();
  return (store) => {
    const known = stores.get(store) ?? new Map<string, T>();
    stores.set(store, known);
    return known;
  };
}
