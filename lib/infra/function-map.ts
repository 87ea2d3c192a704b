/**
 * A function's source map without the packages: Node reads the map as the function starts, and nine tenths of it would be
 * about code that nobody here can change.
 */
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

type SourceMap = { readonly sources: readonly string[]; readonly names: readonly string[]; readonly mappings: string };

/** `nameOf` names a source for those who read a stack trace: where it lay when it was built says nothing to them. */
export function mapOfOwnCode(text: string, nameOf: (source: string) => string): string {
  const { sources, names, mappings, ...rest } = JSON.parse(text) as SourceMap;
  const kept = { sources: numbering(), names: numbering() };
  const lines = decode(mappings).map((line) => {
    const segments: SourceMapSegment[] = [];
    for (const [column, source = -1, row = 0, place = 0, name] of line) {
      const path = sources[source];
      if (path && !path.includes('node_modules/')) {
        const own: SourceMapSegment = [column, kept.sources.of(nameOf(path)), row, place];
        const called = name === undefined ? undefined : names[name];
        segments.push(called === undefined ? own : [...own, kept.names.of(called)]);
        // One mark says where code of packages begins: what follows without one counts to what stands before.
      } else if (segments.at(-1)?.length !== 1) segments.push([column]);
    }
    return segments;
  });
  return JSON.stringify({ ...rest, sources: kept.sources.all(), names: kept.names.all(), mappings: encode(lines) });
}

/** Numbers texts in the order of their first appearance. */
function numbering() {
  const numbers = new Map<string, number>();
  return {
    of: (text: string): number => {
      const known = numbers.get(text) ?? numbers.size;
      numbers.set(text, known);
      return known;
    },
    all: () => [...numbers.keys()],
  };
}
