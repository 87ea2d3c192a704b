/** What the suite's requests are about: made through the API itself, each under a name of its own. */
import { randomBytes } from 'node:crypto';
import type { InstallRequest } from '../../lib/api/schemas/extension.ts';
import { eventually } from '../e2e/user.ts';
import { type ContractOperation, contractOperations } from './contract.ts';
import type { Ask, Request } from './request.ts';

/** What an installation of this kind is asked for. */
export type Ability = {
  /** What installs an extension that comes up here. */
  readonly extensionOf: (id: string) => InstallRequest;
};

export type World = ReturnType<typeof createWorld>;

type Params = Readonly<Record<string, string | number>>;

export const operationOf = (id: string): ContractOperation => {
  const found = contractOperations.find((each) => each.id === id);
  if (!found) throw new Error(`the contract has no operation "${id}"`);
  return found;
};

/** A name that nobody has used. */
export const fresh = (noun: string) => `${noun}-${randomBytes(5).toString('hex')}`;

/** A task as Gofer's own clients send it. */
export const taskOf = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ id, description: '', image: 'busybox:latest', command: ['true'], depends_on: {}, variables: {} },
  ...{ inject_api_token: false, always_pull_newest_image: false },
  ...more,
});

export const configOf = (id: string, tasks: readonly unknown[] = [taskOf('only')]) => ({
  ...{ id, name: id, description: '', parallelism: 0, tasks },
});

/** One that runs until it is stopped, which takes no time. */
const endless = taskOf('only', { command: ['sleep', '600'], stop_timeout: 2 });

export function createWorld(ask: Ask, { extensionOf }: Ability) {
  /** Asks for what has to be there before a test begins. */
  async function made<T>(id: string, request: Request = {}): Promise<T> {
    const { status, json, text } = await ask(operationOf(id), request);
    if (status >= 300) throw new Error(`${id} with ${JSON.stringify(request)} was answered by ${status} ${text}`);
    return json as T;
  }

  async function namespace(): Promise<Params> {
    const id = fresh('team');
    await made('create_namespace', { body: { id, name: id, description: '' } });
    return { namespace_id: id };
  }

  /** A pipeline whose first version nobody has deployed. */
  async function pipeline(tasks?: readonly unknown[], where: Params = { namespace_id: 'default' }): Promise<Params> {
    const params = { ...where, pipeline_id: fresh('build') };
    await made('register_config', { params, body: { config: configOf(params.pipeline_id, tasks) } });
    return params;
  }

  async function deployed(tasks?: readonly unknown[]): Promise<Params> {
    const params = { ...(await pipeline(tasks)), version: 1 };
    await made('deploy_config', { params });
    const config = () => made<{ config: { state: string } }>('get_config', { params });
    await eventually(config, (seen) => seen.config.state === 'live');
    return params;
  }

  async function started(tasks?: readonly unknown[]): Promise<Params> {
    const params = await deployed(tasks);
    const { run } = await made<{ run: { run_id: number } }>('start_run', { params, body: { variables: {} } });
    return { ...params, run_id: run.run_id, task_id: 'only' };
  }

  /** A run that has come to its end. */
  async function ended(): Promise<Params> {
    const params = await started();
    const run = () => made<{ run: { state: string } }>('get_run', { params });
    await eventually(run, (seen) => seen.run.state === 'complete');
    return params;
  }

  const running: Params[] = [];
  /** A run whose task runs until it is stopped. */
  async function goingOn(): Promise<Params> {
    const params = await started([endless]);
    running.push(params);
    const task = () => made<{ task_execution: { state: string } }>('get_task_execution', { params });
    await eventually(task, (seen) => seen.task_execution.state === 'running');
    return params;
  }

  async function role(permissions: readonly unknown[] = []): Promise<Params> {
    const id = fresh('role');
    await made('create_role', { body: { id, description: '', permissions } });
    return { role_id: id };
  }

  type Token = { readonly secret: string; readonly token_details: { readonly id: string } };
  const token = (...roles: (string | number)[]) =>
    made<Token>('create_token', { body: { user: 'conformance', roles, expires: 3600 } });

  async function globalSecret(): Promise<Params> {
    const key = fresh('secret');
    await made('put_global_secret', { body: { key, content: 'of nobody', namespaces: ['^default$'], force: false } });
    return { key };
  }

  async function pipelineSecret(): Promise<Params> {
    const params = { ...(await pipeline()), key: fresh('secret') };
    await made('put_pipeline_secret', { params, body: { key: params.key, content: 'of nobody', force: false } });
    return params;
  }

  /** One that runs. */
  async function extension(): Promise<Params> {
    const params = { extension_id: fresh('hooks') };
    await made('install_extension', { body: extensionOf(params.extension_id) });
    const seen = () => made<{ extension: { state: string } }>('get_extension', { params });
    await eventually(seen, ({ extension: { state } }) => state === 'running');
    return params;
  }

  const settings = { event: 'push' };
  async function subscription(to?: Params): Promise<Params> {
    const subscribed = { ...(to ?? (await shared.extension())), subscription_id: fresh('on-push') };
    const params = { ...(await pipeline()), ...subscribed };
    await made('create_subscription', { params, body: { ...subscribed, settings } });
    return params;
  }

  async function object(noun: 'pipeline' | 'run' | 'extension', owner: Params): Promise<Params> {
    const params = { ...owner, key: fresh('object') };
    const bytes = { raw: objectContent, headers: { 'content-type': 'application/octet-stream' } };
    await made(`put_${noun}_object`, { params, query: { force: 'false' }, ...bytes });
    return params;
  }

  /** Made once, for requests that only look. */
  const shared = {
    pipeline: once(pipeline),
    deployed: once(deployed),
    ended: once(ended),
    extension: once(extension),
  };

  return {
    ...{ ask, made, namespace, pipeline, deployed, ended, goingOn, role, token, globalSecret, pipelineSecret },
    ...{ extension, extensionOf, subscription, object, shared },
    /** Ends what still runs. */
    end: async () => {
      for (const params of running) await ask(operationOf('cancel_run'), { params });
      await ask(operationOf('uninstall_extension'), { params: await shared.extension() });
    },
  };
}

/** As bytes are: no text in any encoding. */
export const objectContent = 'zero \0, and a line\r\n';

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= make();
    return result;
  };
}
