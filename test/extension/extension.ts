/**
 * An extension as its authors would write it, in a page: run as a program it reads its variables, listens and serves the
 * protocol. A pipeline that subscribes with the setting `event` gets a run for each external event of that name.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;
type Subscription = {
  readonly namespace_id: string;
  readonly pipeline_id: string;
  readonly pipeline_subscription_id: string;
  readonly pipeline_subscription_params?: Readonly<Record<string, string>>;
};

type ExternalEvent = { headers: Record<string, string>; body: number[] };

export type TestExtension = {
  readonly url: string;
  /** Keys of the pipelines that it knows: `<namespace>/<pipeline>/<subscription>`. */
  readonly subscriptions: Map<string, Subscription>;
  /** From now on it hands over external events and starts no run of them. */
  heard(listener: (event: ExternalEvent) => unknown): void;
  close(): Promise<void>;
};

/** `onShutdown`: the server asks it to end. */
export async function startExtension(env: Environment, onShutdown = () => {}): Promise<TestExtension> {
  const variable = (name: string) => env[`GOFER_EXTENSION_SYSTEM_${name}`] ?? '';
  const subscriptions = new Map<string, Subscription>();
  const keyOf = (each: Subscription) => `${each.namespace_id}/${each.pipeline_id}/${each.pipeline_subscription_id}`;

  let listener = startRuns;
  async function startRuns({ headers, body }: ExternalEvent): Promise<void> {
    const variables = { PAYLOAD: Buffer.from(body).toString() };
    for (const each of subscriptions.values()) {
      if (each.pipeline_subscription_params?.['event'] !== headers['x-event']) continue;
      const path = `/api/namespaces/${each.namespace_id}/pipelines/${each.pipeline_id}/runs`;
      const answer = await fetch(`http://${variable('GOFER_HOST')}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${variable('SECRET')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ variables }),
      });
      console.log(`run of ${each.pipeline_id}: ${answer.status}`);
    }
  }

  const answers: Readonly<Record<string, (body: never) => unknown>> = {
    'GET /api/health': () => undefined,
    'GET /api/info': () => ({ extension_id: variable('ID'), documentation }),
    'GET /api/debug': () => ({ info: JSON.stringify({ greeting: env['GREETING'], knows: [...subscriptions.keys()] }) }),
    'POST /api/subscribe': (body: Subscription) => {
      const { event } = body.pipeline_subscription_params ?? {};
      if (!event) throw new Error('setting "event" is missing');
      subscriptions.set(keyOf(body), body);
    },
    'DELETE /api/subscribe': (body: Subscription) => void subscriptions.delete(keyOf(body)),
    'POST /api/external-event': (event: ExternalEvent) => listener(event),
    'POST /api/shutdown': onShutdown,
  };

  const server = createServer(async (request, response) => {
    const answer = (status: number, body?: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${variable('SECRET')}`) return answer(401, { message: 'who?' });
    const handler = answers[`${request.method} ${request.url}`];
    if (!handler) return answer(404, { message: 'nothing here' });
    try {
      const result = await handler((await bodyOf(request)) as never);
      answer(result === undefined ? 204 : 200, result);
    } catch (error) {
      answer(400, { message: error instanceof Error ? error.message : String(error), request_id: '1' });
    }
  });
  const [host = '127.0.0.1', port = '0'] = variable('BIND_ADDRESS').split(':');
  server.listen(Number(port), host);
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    subscriptions,
    heard: (other) => {
      listener = async (event) => void other(event);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const documentation = {
  config_params: [{ key: 'greeting', required: false, documentation: 'What it says.' }],
  pipeline_subscription_params: [{ key: 'event', required: true, documentation: 'The event that starts a run.' }],
  body: 'Starts a run for each external event.',
};

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
}

if (import.meta.main) {
  if (process.env['FAIL']) {
    console.error('this extension was told to fail');
    process.exit(3);
  }
  const { url } = await startExtension(process.env, () => setImmediate(() => process.exit()));
  console.log(`listening at ${url}`);
}
