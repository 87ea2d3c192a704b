import { marshall } from '@aws-sdk/util-dynamodb';
import conditionParser from 'dynalite/db/conditionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Parse, type ParseContext, remembering } from '../../lib/local/parse-once.ts';
import { Expression } from '../../lib/store/expression.ts';
import type { Change, Condition, Value } from '../../lib/store/table.ts';

/** As dynalite calls it. */
const never = { isReserved: () => false, compare: () => true };

function parsed(parse: Parse, text: string, expression: Expression) {
  const attrNames = Object.fromEntries([...expression.names].map(([name, key]) => [key, name]));
  const attrVals = marshall(expression.values) as Record<string, object>;
  const marked = (of: object) => Object.fromEntries(Object.keys(of).map((key) => [key, true as const]));
  const context: ParseContext & typeof never = {
    ...never,
    attrNames,
    attrVals,
    unusedAttrNames: marked(attrNames),
    unusedAttrVals: marked(attrVals),
  };
  const tree = JSON.parse(JSON.stringify(parse(text, { context })));
  return { tree, unused: [context.unusedAttrNames, context.unusedAttrVals] };
}

function conditionOf(condition: Condition) {
  const expression = new Expression();
  return [expression.condition(condition) ?? '', expression] as const;
}

function changeOf(change: Change) {
  const expression = new Expression();
  return [expression.change(change), expression] as const;
}

const path = fc.constantFrom('state', 'open', 'tasks.build', 'number');
const value: fc.Arbitrary<Value> = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(new Set(['a'])));
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.record({ op: fc.constantFrom('exists' as const, 'missing' as const), path }),
    fc.record({ op: fc.constantFrom('equals' as const, 'differs' as const), path, value }),
    fc.record({ op: fc.constantFrom('less' as const, 'atLeast' as const), path, value: fc.integer() }),
    fc.record({
      op: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('condition'), { minLength: 1 }),
    }),
  ),
}));
const change: fc.Arbitrary<Change> = fc.record({
  set: fc.dictionary(fc.constantFrom('a', 'b', 'c.d'), value, { minKeys: 1 }),
  remove: fc.uniqueArray(fc.constantFrom('e', 'f')),
  add: fc.dictionary(fc.constantFrom('g'), fc.integer()),
});

describe('expressions that are parsed once', () => {
  it('a condition means the same, whatever was parsed before it', () => {
    const parse = remembering(conditionParser.parse);
    fc.assert(
      fc.property(condition, (each) => {
        expect(parsed(parse, ...conditionOf(each))).toEqual(parsed(conditionParser.parse, ...conditionOf(each)));
      }),
      { numRuns: 500 },
    );
  });

  it('so does a change', () => {
    const parse = remembering(updateParser.parse);
    fc.assert(
      fc.property(change, (each) => {
        expect(parsed(parse, ...changeOf(each))).toEqual(parsed(updateParser.parse, ...changeOf(each)));
      }),
      { numRuns: 500 },
    );
  });

  it('another value of the same type is not parsed again', () => {
    const original = vi.fn(conditionParser.parse);
    const parse = remembering(original);
    const equal = (to: Value) => parsed(parse, ...conditionOf({ op: 'equals', path: 'state', value: to })).tree;
    expect(equal('running').expression.args).toEqual([['state'], { S: 'running' }]);
    expect(equal('pending').expression.args).toEqual([['state'], { S: 'pending' }]);
    expect(original).toHaveBeenCalledTimes(1);
    equal(5);
    expect(original).toHaveBeenCalledTimes(2);
  });

  it('a result belongs to its caller: dynalite changes what it is given', () => {
    const parse = remembering(conditionParser.parse);
    const context = { ...never, attrNames: { '#0': 'a' }, unusedAttrNames: {}, unusedAttrVals: {} };
    const first = parse('attribute_exists(#0)', { context }) as { expression: { name: string } };
    first.expression.name = 'size';
    expect(parse('attribute_exists(#0)', { context })).toMatchObject({ expression: { name: 'attribute_exists' } });
  });

  it('what is refused is refused each time', () => {
    const parse = remembering(conditionParser.parse);
    const context = { ...never, attrNames: {}, unusedAttrNames: {}, unusedAttrVals: {} };
    for (let i = 0; i < 2; i++) {
      expect(parse('attribute_exists(#gone)', { context })).toContain('#gone');
      expect(() => parse('attribute_exists(', { context })).toThrow('Expected');
    }
  });
});
