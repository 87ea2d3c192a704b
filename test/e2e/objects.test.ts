/** Objects as containers use them: with nothing but curl or wget, the API's address and the token of their task. */
import { spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testFolder } from './folder.ts';
import { startServer } from './server.ts';
import { createUser, task } from './user.ts';

const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

const objects =
  'objects=$GOFER_API_BASE_URL/api/namespaces/$GOFER_NAMESPACE_ID/pipelines/$GOFER_PIPELINE_ID/runs/$GOFER_RUN_ID/objects';

const scripts = {
  curl: {
    put: 'curl -fsS -H "Authorization: Bearer $GOFER_TOKEN" --data-binary @report "$objects/reports%2Ftoday?force=true"',
    get: 'curl -fsSL -H "Authorization: Bearer $GOFER_TOKEN" "$objects/reports%2Ftoday"',
  },
  wget: {
    put: 'wget -q -O- --header "Authorization: Bearer $GOFER_TOKEN" --post-file report "$objects/reports%2Ftoday?force=true"',
    get: 'wget -q -O- --header "Authorization: Bearer $GOFER_TOKEN" "$objects/reports%2Ftoday"',
  },
};

describe.each(Object.entries(scripts))('with %s', (program, { put, get }) => {
  test.skipIf(!has(program))(
    'one task puts, the next gets, and another has it as a variable',
    async () => {
      const server = await startServer({ data: await testFolder(), containers: 'process', auth: true });
      onTestFinished(() => server.stop().then(() => undefined));
      const bootstrap = await createUser(server).ask('POST', '/api/tokens/bootstrap', {});
      const user = createUser({ ...server, token: (JSON.parse(bootstrap.answer) as { secret: string }).secret });
      const reaching = { inject_api_token: true };
      const ended = await user.execute([
        task('makes', `${objects}; echo "all is well" > report; ${put}`, reaching),
        task('sends', `${objects}; ${get}; echo "by $GOFER_TOKEN"`, { ...reaching, depends_on: { makes: 'Success' } }),
        task('tells', 'echo "$REPORT"', {
          variables: { REPORT: 'run_object{{ reports/today }}' },
          depends_on: { makes: 'Success' },
        }),
      ]);
      expect(ended.run.status).toBe('successful');
      expect(await user.lines(ended.ref, 'sends')).toEqual(['all is well', 'by ***']);
      expect(await user.lines(ended.ref, 'tells')).toEqual(['all is well', '']);
    },
    60_000,
  );
});
