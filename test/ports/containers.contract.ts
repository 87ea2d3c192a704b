import { describe, expect, it, onTestFinished } from 'vitest';
import type { LocalContainers } from '../../lib/local/containers/containers.ts';
import type { LogLine, Logs } from '../../lib/ports/logs.ts';
import { parseTaskStateChange, type TaskStateChange } from '../../lib/task/event.ts';
import { arnOf, failure, largest, living, request, run, written } from './container-requests.ts';
import { collect, texts } from './logs.contract.ts';

/** One data folder with its servers, one after the other. */
export type ContainersUnderTest = {
  readonly logs: Logs;
  /** Starts a server on the folder, which tells its events to `emit`. */
  readonly start: (emit: (event: TaskStateChange) => Promise<void>) => Promise<LocalContainers>;
  /** Removes what the tests have left. */
  readonly end: () => Promise<void>;
};

/** What every implementation that starts containers itself does: the port `Containers`, and `ecs:runTask.sync`. */
export function describeContainers(create: () => Promise<ContainersUnderTest>) {
  const setup = async () => {
    const { logs, start, end } = await create();
    onTestFinished(end);
    const events: TaskStateChange[] = [];
    const open = async (emit = async (event: TaskStateChange) => void events.push(event)) => {
      const containers = await start(emit);
      onTestFinished(() => containers.close());
      return containers;
    };
    const log = (task: string): Promise<LogLine[]> =>
      collect(logs.read({ run, task, launch: 1 }, { follow: true, ended: async () => true }));
    return { logs, log, events, open, containers: await open() };
  };

  describe('containers', () => {
    it('run a command with its variables, and answer with the stopped task', async () => {
      const { containers, log } = await setup();
      const task = await containers.runTask(
        await request(containers, 'greet', 'echo "hello $NAME"', { environment: { NAME: 'world' } }),
      );
      expect(task).toMatchObject({
        LastStatus: 'STOPPED',
        StopCode: 'EssentialContainerExited',
        Containers: [{ ExitCode: 0 }],
      });
      expect(texts(await log('greet'))).toEqual(['hello world']);
    });

    it('fail with States.TaskFailed and the task as JSON when the command exits otherwise', async () => {
      const { containers } = await setup();
      const error = await failure(containers.runTask(await request(containers, 'broken', 'exit 3')));
      expect(error.name).toBe('States.TaskFailed');
      expect(JSON.parse(error.message)).toMatchObject({ Group: `${run}/broken/1`, Containers: [{ ExitCode: 3 }] });
    });

    it('tell RUNNING and STOPPED as ECS does, with growing versions', async () => {
      const { containers, events } = await setup();
      await containers.runTask(await request(containers, 'told', 'exit 0'));
      expect(events.map(({ detail }) => [detail.lastStatus, detail.desiredStatus])).toEqual([
        ['RUNNING', 'RUNNING'],
        ['STOPPED', 'STOPPED'],
      ]);
      expect(events[0]?.detail.version).toBeLessThan(events[1]?.detail.version ?? 0);
      const [listed] = await containers.list(run);
      expect(parseTaskStateChange(events[1])).toEqual(listed);
      expect(listed).toMatchObject({ group: `${run}/told/1`, lastStatus: 'STOPPED', exitCode: 0 });
    });

    it('tell STOPPED again until the handler has taken it', async () => {
      const { open } = await setup();
      let refused = 0;
      const { promise: taken, resolve } = Promise.withResolvers<TaskStateChange>();
      const containers = await open(async (event) => {
        if (event.detail.lastStatus !== 'STOPPED') return;
        if (refused++ === 0) throw new Error('the table is throttled');
        resolve(event);
      });
      await containers.runTask(await request(containers, 'stubborn', 'exit 0'));
      expect((await taken).detail.group).toBe(`${run}/stubborn/1`);
    });

    it('exit with 127 when the command does not exist', async () => {
      const { containers, log } = await setup();
      const error = await failure(containers.runTask(await request(containers, 'missing', ['no-such-command'])));
      expect(error.name).toBe('States.TaskFailed');
      const task = JSON.parse(error.message);
      expect(task).toMatchObject({ StopCode: 'EssentialContainerExited', Containers: [{ ExitCode: 127 }] });
      expect(texts(await log('missing'))).toEqual([expect.stringMatching(/exec no-such-command failed: /)]);
    });

    it('start nothing for a task definition that does not exist', async () => {
      const { containers } = await setup();
      const unknown = { ...(await request(containers, 'lost', 'exit 0')), TaskDefinition: 'gofer-nothing:1' };
      const error = await failure(containers.runTask(unknown));
      expect(error.name).toBe('AmazonECS.Unknown');
      expect(error.message).toContain('gofer-nothing:1');
      expect(await containers.list(run)).toEqual([]);
    });

    it('name definitions by their content', async () => {
      const { containers } = await setup();
      const definition = { image: 'busybox', architecture: 'x86_64', stopTimeout: 5, alwaysPull: false } as const;
      const name = await containers.define(definition);
      expect(containers.nameOf(definition)).toBe(name);
      expect(name).toMatch(/^gofer-[0-9a-f]+$/);
      expect(await containers.define({ ...definition })).toBe(name);
      expect(await containers.define({ ...definition, stopTimeout: 6 })).not.toBe(name);
    });

    it('start nothing from a definition that was forgotten, until it is made again', async () => {
      const { containers } = await setup();
      const asked = await request(containers, 'forgotten', 'exit 0', { stopTimeout: 9 });
      await containers.forget(asked.TaskDefinition);
      await containers.forget(asked.TaskDefinition);
      const error = await failure(containers.runTask(asked));
      expect(error.name).toBe('AmazonECS.Unknown');
      await request(containers, 'forgotten', 'exit 0', { stopTimeout: 9 });
      expect(await containers.runTask(asked)).toMatchObject({ LastStatus: 'STOPPED' });
    });

    it('take the same definition from several at once', async () => {
      const { containers } = await setup();
      const definition = { image: 'busybox', architecture: 'x86_64', stopTimeout: 7, alwaysPull: false } as const;
      const names = await Promise.all(Array.from({ length: 5 }, () => containers.define({ ...definition })));
      expect(new Set(names).size).toBe(1);
    });

    it('never start a second container of a group', async () => {
      const { containers, log } = await setup();
      const twice = await request(containers, 'twice', 'echo once');
      const [one, two] = await Promise.all([containers.runTask(twice), containers.runTask(twice)]);
      expect(await containers.runTask(twice)).toEqual(one);
      expect(two).toEqual(one);
      expect(texts(await log('twice'))).toEqual(['once']);
    });

    it('stop with SIGTERM, and say who wanted it', async () => {
      const { containers, events } = await setup();
      const command = 'trap "exit 7" TERM; echo ready; while true; do sleep 0.05; done';
      const running = containers.runTask(await request(containers, 'polite', command, { stopTimeout: 20 }));
      await containers.stop(await arnOf(containers, 'polite'), 'Cancelled by a user');
      const task = JSON.parse((await failure(running)).message);
      expect(task).toMatchObject({ StopCode: 'UserInitiated', StoppedReason: 'Cancelled by a user' });
      expect(events.at(-1)?.detail).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
    });

    it('kill what ignores SIGTERM after the stop timeout', async () => {
      const { containers, log } = await setup();
      const command = 'trap "echo not yet" TERM; echo ready; while true; do sleep 0.05; done';
      const running = containers.runTask(await request(containers, 'deaf', command, { stopTimeout: 1 }));
      const ended = failure(running);
      await written(containers, 'deaf', log);
      const arn = await arnOf(containers, 'deaf');
      await containers.stop(arn, 'Overdue');
      expect(JSON.parse((await ended).message).Containers[0].ExitCode).toBe(137);
      await containers.stop(arn, 'Overdue');
      expect(await living(containers)).toEqual([]);
    });

    it('are told to end once, however often they are stopped', async () => {
      const { containers, log } = await setup();
      const command = 'trap "echo told" TERM; echo ready; while true; do sleep 0.05; done';
      const ended = failure(containers.runTask(await request(containers, 'asked', command, { stopTimeout: 3 })));
      await written(containers, 'asked', log);
      const arn = await arnOf(containers, 'asked');
      const told = async () => texts(await log('asked')).filter((line) => line === 'told');
      await containers.stop(arn, 'Cancelled');
      await expect.poll(told, { timeout: 10_000, interval: 10 }).toEqual(['told']);
      await Promise.all([containers.stop(arn, 'Cancelled'), containers.stop(arn, 'Overdue')]);
      expect(JSON.parse((await ended).message).Containers[0].ExitCode).toBe(137);
      expect(await told()).toEqual(['told']);
    });

    it('stop the container of an aborted execution', async () => {
      const { containers, events } = await setup();
      const execution = new AbortController();
      const running = containers.runTask(await request(containers, 'aborted', 'sleep 60'), execution.signal);
      const ended = failure(running);
      await arnOf(containers, 'aborted');
      execution.abort(new Error('the execution was stopped'));
      expect((await ended).message).toBe('the execution was stopped');
      const again = await failure(containers.runTask(await request(containers, 'aborted', 'sleep 60')));
      expect(JSON.parse(again.message)).toMatchObject({ StopCode: 'UserInitiated' });
      expect(events.at(-1)?.detail.lastStatus).toBe('STOPPED');
    });

    it('are joined by the next server, with their whole log', async () => {
      const { containers, open, log, events } = await setup();
      const command = 'trap "echo last; exit 0" TERM; echo first; while true; do sleep 0.05; done';
      const long = await request(containers, 'long', command, { stopTimeout: 20 });
      void containers.runTask(long).catch(() => {});
      await written(containers, 'long', log);
      await containers.close();
      const next = await open();
      await next.resume();
      const [joined] = await living(next);
      expect(joined).toMatchObject({ group: `${run}/long/1` });
      const running = next.runTask(long);
      await arnOf(next, 'long');
      await next.stop(joined?.arn ?? '', 'Enough');
      expect(await running).toMatchObject({ StopCode: 'UserInitiated', Containers: [{ ExitCode: 0 }] });
      expect(texts(await log('long')).filter((line) => line !== 'Terminated')).toEqual(['first', 'last']);
      expect(events.at(-1)?.detail).toMatchObject({ lastStatus: 'STOPPED', group: `${run}/long/1` });
    });

    it('that ended while no server ran are told by the next, and not started again', async () => {
      const { containers, open, log } = await setup();
      const short = await request(containers, 'short', 'echo once; sleep 0.2; exit 4');
      void containers.runTask(short).catch(() => {});
      await written(containers, 'short', log);
      await containers.close();
      const { promise: told, resolve } = Promise.withResolvers<TaskStateChange>();
      const next = await open(async (event) => void (event.detail.lastStatus === 'STOPPED' && resolve(event)));
      await next.resume();
      expect((await told).detail.containers[0]?.exitCode).toBe(4);
      expect(JSON.parse((await failure(next.runTask(short))).message).Containers[0].ExitCode).toBe(4);
      const last = await open();
      expect(await last.list(run)).toMatchObject([{ group: `${run}/short/1`, exitCode: 4 }]);
      expect(texts(await log('short'))).toEqual(['once']);
    });
  });

  describe('logs of containers', () => {
    it('keep raw bytes and both outputs', async () => {
      const { containers, log } = await setup();
      await containers.runTask(await request(containers, 'raw', `printf '\\377\\000\\200\\n'; printf 'last' >&2`));
      const lines = await log('raw');
      expect(lines.find(({ source }) => source === 'stdout')?.data).toEqual(Buffer.from([0xff, 0, 0x80]));
      expect(texts(lines.filter(({ source }) => source === 'stderr'))).toEqual(['last']);
    });

    it('are given secrets beside their variables, by the names of the definition', async () => {
      const { containers, log } = await setup();
      const options = { environment: { NAME: 'plain' }, secrets: { PASS: 'default/build/pass/value' } };
      await containers.runTask(await request(containers, 'secret', 'echo "$NAME $PASS"', options));
      expect(texts(await log('secret'))).toEqual(['plain the "canary"', 'of two lines']);
    });

    it('are given secrets that are large together', async () => {
      const { containers, log } = await setup();
      const names = ['A', 'B', 'C', 'D'];
      const secrets = Object.fromEntries(names.map((name) => [name, 'default/build/large/value']));
      const command = 'for value in "$A" "$B" "$C" "$D"; do printf %s "$value" | wc -c; done';
      await containers.runTask(await request(containers, 'large', command, { secrets }));
      expect(texts(await log('large'))).toEqual(names.map(() => String(largest)));
    });

    it('do not start without a secret, and say which one, as ECS does', async () => {
      const { containers } = await setup();
      const options = { secrets: { PASS: 'default/build/gone/value' } };
      const error = await failure(containers.runTask(await request(containers, 'keyless', 'exit 0', options)));
      expect(JSON.parse(error.message)).toMatchObject({
        StopCode: 'TaskFailedToStart',
        StoppedReason: expect.stringMatching(
          /^ResourceInitializationError.*ResourceNotFound.*default\/build\/gone\/value of variable PASS/,
        ),
      });
    });

    it('keep a line of 1 MiB whole and a longer one in pieces', async () => {
      const { containers, log } = await setup();
      const zeros = (size: number) => `head -c ${size} /dev/zero | tr '\\0' x; echo`;
      await containers.runTask(await request(containers, 'wide', `${zeros(1_048_576)}; ${zeros(1_048_577)}`));
      expect((await log('wide')).map(({ data, complete }) => [data.length, complete])).toEqual([
        [1_048_576, true],
        [1_048_576, false],
        [1, true],
      ]);
    });

    it('lose none of 200,000 lines', async () => {
      const { containers, log } = await setup();
      await containers.runTask(await request(containers, 'many', 'seq 1 200000'));
      const lines = texts(await log('many'));
      expect(lines).toHaveLength(200_000);
      expect(lines.every((line, i) => line === String(i + 1))).toBe(true);
    });
  });
}
