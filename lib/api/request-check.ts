/** Checks a request against an operation's schemas and names everything that is wrong with it at once. */
import * as z from 'zod';
import { InvalidError } from '../errors.ts';
import { didYouMean } from '../pipeline/suggestion.ts';

type Texts = Readonly<Record<string, string>>;
type Part = 'params' | 'query' | 'body';
type Schemas = { readonly [part in Part]?: z.ZodType | undefined };

export type Checked<P, Q, B> = { readonly params: P; readonly query: Q; readonly body: B };

/** How problems call the parts of a request: path `run_id`, query `limit`, body `variables.who`. */
const places: Record<Part, string> = { params: 'path', query: 'query', body: 'body' };
const parts: readonly Part[] = ['params', 'query', 'body'];

/** Throws an `InvalidError` that lists all problems, unless the request fits. */
export function checkRequest<P, Q, B>(
  schemas: Schemas,
  request: { readonly params: Texts; readonly query: Texts; readonly body: unknown },
): Checked<P, Q, B> {
  const problems: string[] = [];
  const checked: Record<Part, unknown> = { params: {}, query: {}, body: undefined };
  for (const part of parts) {
    const schema = schemas[part];
    if (!schema) continue;
    const value = part === 'body' ? request.body : fromTexts(schema, request[part]);
    const result = schema.safeParse(value);
    if (result.success) checked[part] = result.data;
    else problems.push(...result.error.issues.map((issue) => problem(part, schema, value, issue)));
  }
  if (problems.length) throw new InvalidError(problems.join('; '));
  return checked as Checked<P, Q, B>;
}

/** Paths and queries hold texts only: those of numbers and booleans are turned into them, others are left to the schema. */
function fromTexts(schema: z.ZodType, texts: Texts): Record<string, unknown> {
  const values: Record<string, unknown> = { ...texts };
  if (!(schema instanceof z.ZodObject)) return values;
  for (const [name, field] of Object.entries(schema.shape)) {
    const text = texts[name];
    if (text === undefined) continue;
    const kind = unwrapped(field);
    if (kind instanceof z.ZodNumber && /^-?\d+(\.\d+)?$/.test(text)) values[name] = Number(text);
    if (kind instanceof z.ZodBoolean && (text === 'true' || text === 'false')) values[name] = text === 'true';
  }
  return values;
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap())
    : schema;
}

/** `query limit: expected number, received "abc"`. */
function problem(part: Part, schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): string {
  const place = [places[part], issue.path.join('.')].filter(Boolean).join(' ');
  if (issue.code === 'unrecognized_keys') {
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    return `${place}: ${issue.keys.map((key) => unknownField(key, known)).join(', ')}`;
  }
  const got = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)?.[key], value);
  const message = issue.message.replace(/^(Invalid (input|option)|Too (small|big)): /, '');
  if (got === undefined) return issue.path.length === 0 ? missingBody(schema) : `${place}: is missing; ${message}`;
  return isWriteOnly(schema, issue.path) ? `${place}: ${message}` : `${place}: ${message}, got ${shown(got)}`;
}

/** What is never given back is not repeated in an error either: nor what lies in it, nor what should have held it. */
function isWriteOnly(schema: unknown, path: readonly PropertyKey[]): boolean {
  const inner = unwrapped(schema);
  if ([schema, inner].some((each) => each instanceof z.ZodType && each.meta()?.['writeOnly'] === true)) return true;
  if (!(inner instanceof z.ZodObject)) return false;
  const [name, ...rest] = path;
  if (name === undefined) return Object.values(inner.shape).some((field) => isWriteOnly(field, []));
  return typeof name === 'string' && isWriteOnly(inner.shape[name], rest);
}

const missingBody = (schema: z.ZodType) =>
  `a JSON body is needed${schema instanceof z.ZodObject ? `, with ${Object.keys(schema.shape).join(', ')}` : ''}`;

const unknownField = (key: string, known: readonly string[]) =>
  [`unknown field "${key}"`, didYouMean(key, known) ?? `known are ${known.join(', ')}`].join('; ');

const longest = 60;
/** Of a list or an object, which may hold anything, only that it is one. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
