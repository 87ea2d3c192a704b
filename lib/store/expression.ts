/** Conditions and changes as DynamoDB writes them: expressions with placeholders for every name and value. */
import type { Change, Condition, Range, Value } from './table.ts';

const operators = { equals: '=', differs: '<>', less: '<', atLeast: '>=' } as const;

export class Expression {
  /** Placeholder of each name. */
  readonly names = new Map<string, string>();
  /** Value of each placeholder. */
  readonly values: Record<string, Value> = {};

  /** The key condition of a query. Sort keys are compared bytewise; U+FFFF ends every prefix that the product uses. */
  range(pk: string, { prefix, from, to }: Range): string {
    const hash = `${this.#path('pk')} = ${this.#value(pk)}`;
    const low = from ?? prefix;
    const high = to ?? (prefix === undefined ? undefined : `${prefix}\uffff`);
    if (low === undefined && high === undefined) return hash;
    const sk = this.#path('sk');
    if (low === undefined) return `${hash} AND ${sk} <= ${this.#value(high ?? '')}`;
    if (high === undefined) return `${hash} AND ${sk} >= ${this.#value(low)}`;
    return `${hash} AND ${sk} BETWEEN ${this.#value(low)} AND ${this.#value(high)}`;
  }

  /** AND binds before OR. No parenthesis more than that needs: dynalite's parser takes twice as long for each. */
  condition(condition: Condition | undefined): string | undefined {
    if (!condition) return undefined;
    switch (condition.op) {
      case 'all':
        return condition.of
          .map((part) => (part.op === 'any' ? `(${this.condition(part)})` : this.condition(part)))
          .join(' AND ');
      case 'any':
        return condition.of.map((part) => this.condition(part)).join(' OR ');
      case 'exists':
        return `attribute_exists(${this.#path(condition.path)})`;
      case 'missing':
        return `attribute_not_exists(${this.#path(condition.path)})`;
      case 'contains':
        return `contains(${this.#path(condition.path)}, ${this.#value(condition.value)})`;
      case 'sizeLess':
        return `size(${this.#path(condition.path)}) < ${this.#value(condition.value)}`;
      default:
        return `${this.#path(condition.path)} ${operators[condition.op]} ${this.#value(condition.value)}`;
    }
  }

  change({ set, remove, add, delete: taken }: Change): string {
    const entries = (part: { readonly [name: string]: Value | undefined } | undefined) =>
      Object.entries(part ?? {}).filter((entry): entry is [string, Value] => entry[1] !== undefined);
    const clause = (word: string, parts: string[]) => (parts.length ? [`${word} ${parts.join(', ')}`] : []);
    return [
      ...clause(
        'SET',
        entries(set).map(([path, value]) => `${this.#path(path)} = ${this.#value(value)}`),
      ),
      ...clause(
        'REMOVE',
        (remove ?? []).map((path) => this.#path(path)),
      ),
      ...clause(
        'ADD',
        entries(add).map(([path, value]) => `${this.#path(path)} ${this.#value(value)}`),
      ),
      ...clause(
        'DELETE',
        entries(taken).map(([path, value]) => `${this.#path(path)} ${this.#value(value)}`),
      ),
    ].join(' ');
  }

  #path(path: string): string {
    return path
      .split('.')
      .map((name) => {
        const key = this.names.get(name) ?? `#${this.names.size}`;
        this.names.set(name, key);
        return key;
      })
      .join('.');
  }

  #value(value: Value): string {
    const key = `:${Object.keys(this.values).length}`;
    this.values[key] = value;
    return key;
  }
}
