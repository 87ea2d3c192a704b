/**
 * dynalite's parsers of expressions, which take longer than all else it does for a write. The product writes the same
 * few expressions again and again, with other values: each is parsed once.
 */
import conditionParser from 'dynalite/db/conditionParser.js';
import updateParser from 'dynalite/db/updateParser.js';

/** What a parser is told; it takes what it meets out of the `unused`. */
export type ParseContext = {
  readonly attrNames?: Readonly<Record<string, string>>;
  /** Each is an object of its own, which stands in the result as it is. */
  readonly attrVals?: Readonly<Record<string, object>>;
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
};

/** The result is a tree, or a text that says what is wrong. */
export type Parse = (expression: string, options: { readonly context: ParseContext }) => unknown;

type Parsed = {
  readonly tree: object;
  readonly names: readonly string[];
  readonly values: readonly string[];
  /** Names of the values that stand in the tree. */
  readonly places: ReadonlyMap<unknown, string>;
};

/** Different expressions that are remembered: the product has some dozens. */
const most = 500;

/** Whether such an expression is allowed depends on its values. */
const checksValues = /between|attribute_type/i;

/** From here on, in this process. */
export function parseOnce(): void {
  for (const parser of [conditionParser, updateParser]) parser.parse = remembering(parser.parse);
}

/** Gives the same results. Expressions are alike in their text, their names, and the types of their values. */
export function remembering(parse: Parse): Parse {
  const known = new Map<string, Parsed>();
  return (expression, options) => {
    const { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals } = options.context;
    if (checksValues.test(expression)) return parse(expression, options);
    const types = Object.entries(attrVals).map(([name, value]) => [name, ...Object.keys(value)]);
    const id = JSON.stringify([expression, attrNames, types]);
    const parsed = known.get(id) ?? parseNew(parse, expression, options.context);
    if (!('tree' in parsed)) return parsed.refused;
    if (known.size < most) known.set(id, parsed);
    for (const name of parsed.names) delete unusedAttrNames[name];
    for (const name of parsed.values) delete unusedAttrVals[name];
    return withValues(parsed.tree, parsed.places, attrVals);
  };
}

function parseNew(parse: Parse, expression: string, context: ParseContext): Parsed | { readonly refused: unknown } {
  const { attrNames = {}, attrVals = {} } = context;
  const unusedAttrNames = marked(attrNames);
  const unusedAttrVals = marked(attrVals);
  const tree = parse(expression, { context: { ...context, unusedAttrNames, unusedAttrVals } });
  if (typeof tree !== 'object' || tree === null) return { refused: tree };
  return {
    tree,
    names: Object.keys(attrNames).filter((name) => !unusedAttrNames[name]),
    values: Object.keys(attrVals).filter((name) => !unusedAttrVals[name]),
    places: new Map(Object.entries(attrVals).map(([name, value]) => [value, name])),
  };
}

const marked = (of: object): Record<string, true> => Object.fromEntries(Object.keys(of).map((name) => [name, true]));

/** A copy: dynalite changes what it was given. */
function withValues(part: unknown, places: Parsed['places'], values: Readonly<Record<string, object>>): unknown {
  if (typeof part !== 'object' || part === null) return part;
  const place = places.get(part);
  if (place !== undefined) return values[place];
  if (Array.isArray(part)) return part.map((each) => withValues(each, places, values));
  const copy: Record<string, unknown> = {};
  for (const name in part) copy[name] = withValues((part as Record<string, unknown>)[name], places, values);
  return copy;
}
