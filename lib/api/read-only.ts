/** Answers are made of what was read, and nobody changes them. */
export type DeepReadonly<T> = T extends object ? { readonly [name in keyof T]: DeepReadonly<T[name]> } : T;
