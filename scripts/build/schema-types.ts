/**
 * Types of the API's answers as anybody's compiler reads them: printed from the schemas, which are written with a library
 * that isn't installed with the package.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';

type Schema = { readonly [keyword: string]: unknown };

/** In each declaration of `to`, types that come from a schema of `from` are put in its place. */
export async function writeSchemaTypes(from: string, to: string): Promise<void> {
  for (const file of await readdir(to)) {
    const source = file.replace(/\.d\.ts$/, '.ts');
    const text = await readFile(join(to, file), 'utf8');
    const module = (await import(resolve(from, source))) as Readonly<Record<string, unknown>>;
    const types = [...text.matchAll(/^export type (\w+) = .*z\.(input|output)<typeof (\w+)>/gm)].map(
      ([, name = '', io = '', schema = '']) =>
        `export type ${name} = ${printed(module[schema], io as 'input' | 'output')};\n`,
    );
    await writeFile(join(to, file), types.length ? types.join('\n') : 'export {};\n');
  }
}

function printed(schema: unknown, io: 'input' | 'output'): string {
  if (!(schema instanceof z.ZodType)) throw new Error('a type of the API is made of no exported schema');
  return print(z.toJSONSchema(schema, { io, reused: 'inline', unrepresentable: 'any' }) as Schema, '');
}

function print(schema: Schema, indent: string, definitions = schema['$defs']): string {
  const inner = (each: unknown) => print(each as Schema, indent, definitions);
  const { $ref: reference, anyOf, allOf, oneOf, enum: words, const: word, type, items } = schema;
  if (typeof reference === 'string')
    return inner((definitions as Readonly<Record<string, unknown>>)[reference.split('/').at(-1) ?? '']);
  const choices = (anyOf ?? oneOf) as readonly unknown[] | undefined;
  if (choices) return choices.map(inner).join(' | ');
  if (Array.isArray(allOf)) return allOf.map(inner).join(' & ');
  if (Array.isArray(words)) return words.map((each) => JSON.stringify(each)).join(' | ');
  if (word !== undefined) return JSON.stringify(word);
  return [type]
    .flat()
    .map((each) => {
      if (each === 'array') return `readonly (${inner(items)})[]`;
      if (each === 'object') return printObject(schema, indent, definitions);
      return each === 'integer' ? 'number' : String(each ?? 'unknown');
    })
    .join(' | ');
}

function printObject(schema: Schema, indent: string, definitions: unknown): string {
  const { properties, required = [], additionalProperties: values } = schema;
  if (!properties)
    return `Readonly<Record<string, ${values ? print(values as Schema, indent, definitions) : 'unknown'}>>`;
  const deeper = `${indent}  `;
  const fields = Object.entries(properties as Readonly<Record<string, Schema>>).map(([name, field]) => {
    const { description } = field;
    const comment = typeof description === 'string' ? `${deeper}/** ${description} */\n` : '';
    const optional = (required as string[]).includes(name) ? '' : '?';
    return `${comment}${deeper}readonly ${name}${optional}: ${print(field, deeper, definitions)};\n`;
  });
  return `{\n${fields.join('')}${indent}}`;
}
