/** What an answer must be: of the contract's shape, whether it is a success or a refusal. */
import { expect } from 'vitest';
import type { ContractOperation } from './contract.ts';
import { type Answer, dataIn, eventStream } from './request.ts';
import { problemsOf } from './valid.ts';
import { objectContent, operationOf } from './world.ts';

const eventSchema = operationOf('get_event').answer ?? {};

export function expectSuccess({ id, status = 200, answer: schema, givesBytes }: ContractOperation, answer: Answer) {
  const { headers, text, json } = answer;
  // With the text, so that a failure tells what the server said.
  expect([answer.status, text]).toEqual([status, text]);
  expect(headers.get('x-request-id')).toMatch(/\S/);
  if (schema) {
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(problemsOf(schema, json)).toEqual([]);
  } else if (givesBytes) expect(text).toBe(objectContent);
  else if (status === 204) expect(text).toBe('');
  else {
    expect(headers.get('content-type')).toContain(eventStream);
    if (id === 'stream_events') expect(problemsOf(eventSchema, { event: dataIn(text) })).toEqual([]);
  }
}

export function expectRefusal({ status, headers, json, text }: Answer, wanted: number, says = /\w/) {
  expect([status, text]).toEqual([wanted, text]);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(problemsOf({ $ref: '#/components/schemas/Error' }, json)).toEqual([]);
  expect(json).toMatchObject({
    request_id: headers.get('x-request-id'),
    message: expect.stringMatching(says),
    error_code: expect.stringMatching(/^[a-z_]+$/),
  });
}
