/** What every path owes, whatever lies behind it. */
import { expect, test } from 'vitest';
import { contract } from '../contract.ts';
import { expectRefusal, expectSuccess } from '../expectations.ts';
import { notYet } from '../not-yet.ts';
import { operationOf, type World } from '../world.ts';

const paths = Object.entries(contract.paths)
  .filter(([, methods]) => Object.values(methods).some(({ operationId }) => !notYet.includes(operationId)))
  .map(([path, methods]) => ({ path, methods: Object.keys(methods).map((method) => method.toUpperCase()) }));

export function routes(world: () => World) {
  test.each(paths)('$path names its methods to who comes with another', async ({ path, methods }) => {
    const answer = await world().ask({ method: 'PUT', path });
    expectRefusal(answer, 405, /PUT/);
    expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(methods));
  });

  test.each(['/api', '/api/nowhere', '/api/namespaces/default/nowhere', '/api/tokens/whoami/nowhere'])(
    '%s is no path',
    async (path) => {
      expectRefusal(await world().ask({ method: 'GET', path }), 404, /nowhere|api/);
    },
  );

  test('a path that can’t be decoded', async () => {
    expectRefusal(await world().ask({ method: 'GET', path: '/api/namespaces/%ZZ' }), 400, /%/);
  });

  test('no version of the API means the one that there is', async () => {
    const operation = operationOf('list_namespaces');
    expectSuccess(operation, await world().ask(operation, { headers: { 'gofer-api-version': null } }));
  });
}
