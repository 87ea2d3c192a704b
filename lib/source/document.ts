/** JSON and YAML text, with the lines of its parts. */
import { type ParseError, parse } from 'jsonc-parser';
import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { InvalidError } from '../errors.ts';

export type Document = {
  readonly value: unknown;
  /** Line of the part at a problem's path, or of the nearest part around it that is there. */
  readonly lineOf?: (path: string) => number | undefined;
};

/** Strict JSON. `source` is what errors call it. */
export function readJson(content: string, source: string): Document {
  const json = content.replace(/^\uFEFF/, '');
  try {
    return { value: JSON.parse(json), lineOf: linesOf(json) };
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const what = said.replace(/ at position \d+.*$/s, '').replace(/\s+/g, ' ');
    if (!json.trim()) throw new InvalidError(`${source} is not JSON: it is empty`, { cause });
    throw new InvalidError(`${source} is not JSON, line ${lineOfError(json)}: ${what}`, { cause });
  }
}

/** Node's own message says where only sometimes. */
function lineOfError(json: string): number {
  const errors: ParseError[] = [];
  parse(json, errors, { disallowComments: true });
  return json.slice(0, errors[0]?.offset ?? 0).split('\n').length;
}

/** YAML 1.2, with `<<` merges and anchors. */
export function readYaml(content: string, source: string): Document {
  const counter = new LineCounter();
  const document = parseDocument(content, { lineCounter: counter, merge: true });
  const errors = document.errors.map(({ message }) => `  ${message.split('\n')[0]?.replace(/:$/, '')}`);
  if (errors.length) throw new InvalidError(`${source} is not YAML:\n${errors.join('\n')}`);
  try {
    return { value: document.toJS(), lineOf: (path) => lineAt(document.contents, path, counter) };
  } catch (cause) {
    throw new InvalidError(`${source}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** JSON is YAML, as far as finding lines goes. Only looked at when there is a problem. */
function linesOf(json: string): (path: string) => number | undefined {
  let found: { readonly contents: Node | null; readonly counter: LineCounter } | undefined;
  return (path) => {
    const counter = new LineCounter();
    found ??= { contents: parseDocument(json, { lineCounter: counter, uniqueKeys: false }).contents, counter };
    return lineAt(found.contents, path, found.counter);
  };
}

function lineAt(root: Node | null, path: string, counter: LineCounter): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const part of partsOf(path)) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === part) : undefined;
    node = pair ? pair.value : childAt(node, part);
    const start = isPair(pair) ? rangeOf(pair.key) : rangeOf(node);
    if (start === undefined) break;
    offset = start;
  }
  return offset === undefined ? undefined : counter.linePos(offset).line;
}

function childAt(node: unknown, part: string): unknown {
  const items = typeof node === 'object' && node !== null && 'items' in node ? node.items : undefined;
  return Array.isArray(items) ? items[Number(part)] : undefined;
}

function rangeOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? Number(range[0]) : undefined;
}

/** `tasks[2].variables["a b"]` as its parts. */
const partsOf = (path: string): string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => index ?? name ?? JSON.parse(`"${quoted}"`),
  );
