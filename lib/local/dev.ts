/** `gofer dev`: the whole product on one machine. The same handlers as on AWS, wired to what runs here. */
import { createApi } from '../../lambdas/api/api.ts';
import { createExecutionStatusChangeHandler } from '../../lambdas/events/execution-status-change.ts';
import { createExpiryHandler } from '../../lambdas/events/expiry.ts';
import { createScheduleHandler } from '../../lambdas/events/schedule.ts';
import { createSweepHandler } from '../../lambdas/events/sweep.ts';
import { createTaskStateChangeHandler } from '../../lambdas/events/task-state-change.ts';
import { createFinishHandler } from '../../lambdas/states/finish.ts';
import { createNextHandler } from '../../lambdas/states/next.ts';
import { createAuthenticate } from '../access/caller.ts';
import { injectIntoRun } from '../access/injected.ts';
import { hasRawBody } from '../api/raw-body.ts';
import type { Home, Retention } from '../home.ts';
import { ensureDefaultNamespace } from '../namespace/namespaces.ts';
import { sweepObjects } from '../object/sweep.ts';
import { isApiToken } from '../secret/name.ts';
import type { RunTaskRequest } from './containers/request.ts';
import { type ContainerKind, createContainers } from './containers/select.ts';
import { createDoor, createDoorApi } from './door.ts';
import { startExpiring } from './expiry.ts';
import { LocalExtensionHost } from './extensions/host.ts';
import { resumeExtensions } from './extensions/resume.ts';
import { createExtensionContainers } from './extensions/select.ts';
import { Rush } from './http/rush.ts';
import { createHttpServer, type HttpEvent } from './http/server.ts';
import { lockFolder } from './lock.ts';
import { FileLogs } from './logs/logs.ts';
import { createLocalMachines } from './machines.ts';
import { createFileObjects } from './objects.ts';
import { resumeRuns, resumeSchedules } from './resume.ts';
import { createLocalSchedules, startClock } from './schedules.ts';
import { createLocalSecrets } from './secrets.ts';
import { keyVariable } from './secrets-key.ts';
import { finishFunction, localSettings, nextFunction } from './settings.ts';
import { startSweeping } from './sweeper.ts';
import { openTable } from './table.ts';

export type DevOptions = {
  /** Address to listen on. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Folder for everything that is kept; made when it is new. */
  readonly data: string;
  readonly containers: ContainerKind;
  /** Absent: as `settings.ts` says. */
  readonly retention?: Retention;
  /** Ask every request for a token. */
  readonly auth: boolean;
  /** Let whoever may change a run attach to its containers; not to processes. Default: nobody. */
  readonly attach?: boolean;
  /** Tells the user something worth knowing, in a sentence. */
  readonly notice: (line: string) => void;
};

export type DevServer = {
  readonly url: string;
  readonly home: Home;
  /** Stops in order: requests, the sweep, containers (which go on running), machines, the table. */
  close(): Promise<void>;
};

/** Starts the server, takes up unfinished runs, and answers. Everything that it needs lies in the data folder. */
export async function startDev(options: DevOptions): Promise<DevServer> {
  const { data, notice } = options;
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return await open(options, closers, close);
  } catch (error) {
    await close().catch((failure: unknown) => notice(`while closing ${data}: ${String(failure)}`));
    throw error;
  }
}

async function open(
  { host, port, data, containers: kind, retention, auth, attach = false, notice }: DevOptions,
  closers: (() => unknown)[],
  close: () => Promise<void>,
): Promise<DevServer> {
  const report = (what: string) => (error: unknown) =>
    notice(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  const lock = lockFolder(data);
  closers.push(lock.release);
  const { table, close: closeTable } = await openTable(data);
  closers.push(closeTable);

  const secrets = createLocalSecrets(data, process.env[keyVariable]);
  const containers = await createContainers({
    kind,
    data,
    notice,
    emit: (event) => onTaskStateChange(event),
    readSecret: (name, group) => (isApiToken(name) ? injectIntoRun(home, group) : secrets.get(name)),
  });
  if (attach && !containers.attach) notice('--attach has no effect: tasks are processes, which nobody can attach to');
  const machines = createLocalMachines({
    data,
    functions: { [nextFunction]: (payload) => onNext(payload), [finishFunction]: (payload) => onFinish(payload) },
    runTask: (parameters, signal) => containers.runTask(parameters as RunTaskRequest, signal),
    onEnd: (event) => void onExecutionStatusChange(event).catch(report('after the end of an execution')),
    now: Date.now,
  });
  closers.push(machines.close, () => containers.close());
  const schedules = createLocalSchedules(Date.now(), (event) => onSchedule(event).catch(report('a schedule')));
  const door = createDoor({ url: () => server.url, handler: (event) => byToken(event), hasRawBody });
  closers.push(door.close);
  // A server that listens everywhere is found here too.
  const url = () => server.url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, '//127.0.0.1:');
  const extensions = new LocalExtensionHost({
    containers: await createExtensionContainers({ kind, data, door, url, notice }),
    now: Date.now,
  });
  const rush = new Rush();
  const home: Home = {
    table,
    machines,
    containers,
    ...(attach && containers.attach && { attach: containers.attach }),
    apiBaseUrl: async () => (containers.docker ? `http://${await door.open(containers.docker)}` : url()),
    logs: new FileLogs(data),
    objects: createFileObjects(data),
    schedules,
    secrets,
    extensions,
    now: Date.now,
    random: Math.random,
    afterwards: async (work) => void rush.over().then(work).catch(report('after an answer')),
    settings: { ...localSettings, ...(retention && { retention }) },
  };
  const onTaskStateChange = createTaskStateChangeHandler(home);
  const onExecutionStatusChange = createExecutionStatusChangeHandler(home);
  const onNext = createNextHandler(home);
  const onFinish = createFinishHandler(home);
  const onSchedule = createScheduleHandler(home, notice);

  await ensureDefaultNamespace(home);
  // Nobody is sending yet: whoever was did so to a server that is gone.
  await sweepObjects(home, { interrupted: true });
  const answer = createApi(home, auth ? { authenticate: createAuthenticate(home) } : {});
  // Those who wait for a long upload are no rush.
  const handler = (event: HttpEvent) => (event.content ? answer(event) : rush.during(() => answer(event)));
  const server = createHttpServer({ handler, hasRawBody, host, port });
  // Containers show a token, whether or not anybody else has to.
  const byToken = createDoorApi(home);
  await server.listen();
  closers.push(() => server.close());
  closers.push(() => extensions.close());
  await containers.resume();
  const resumed = await resumeRuns(home, (run, error) => report(`run ${run.number} of ${run.pipeline}`)(error));
  if (resumed) notice(`took up ${resumed} unfinished ${resumed === 1 ? 'run' : 'runs'}`);
  const sweeper = startSweeping(createSweepHandler(home), report('sweep'));
  closers.push(() => sweeper.stop());
  const keeper = startSweeping(createExpiryHandler(home), report('expiry'), 60_000);
  closers.push(() => keeper.stop());
  const expiry = startExpiring(home, report('removing what has expired'));
  closers.push(() => expiry.stop());
  await resumeSchedules(home);
  // They may take a while to come up, and nobody waits for them but their own callers.
  void resumeExtensions({ ...home, extensions }, ({ id }, error) => report(`extension ${id}`)(error)).catch(
    report('extensions'),
  );
  const clock = startClock(schedules.tick);
  closers.push(() => clock.stop());
  return { url: server.url, home, close };
}
