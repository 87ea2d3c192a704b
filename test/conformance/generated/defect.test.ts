import { expect, test } from 'vitest';
import { isDefect } from './generated.ts';

const answer = (status: number, error_code: string) => ({ status, json: { error_code } });

test.each([
  ['get_run', 400, 'invalid', false],
  ['get_run', 500, 'internal', true],
  ['get_run', 503, 'failed_precondition', true],
  ['get_run', 501, 'not_supported', true],
  ['start_run', 503, 'failed_precondition', false],
  ['start_run', 500, 'failed_precondition', true],
  ['start_run', 503, 'internal', true],
  ['install_extension', 501, 'not_supported', true],
  ['install_extension', 503, 'failed_precondition', true],
])('%s that answers %i %s: a defect is %s', (id, status, code, defect) => {
  expect(isDefect({ id }, answer(status, code))).toBe(defect);
});
