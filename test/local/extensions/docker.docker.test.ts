import Docker from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { identityOf } from '../../../lib/local/containers/identity.ts';
import { createDoor } from '../../../lib/local/door.ts';
import { LocalExtensionContainers } from '../../../lib/local/extensions/containers.ts';
import { dockerReach } from '../../../lib/local/extensions/docker-reach.ts';
import { FileLogs } from '../../../lib/local/logs/logs.ts';
import { testFolder } from '../../e2e/folder.ts';
import { extensionContainersContract } from '../../ports/extension-containers.contract.ts';

const docker = new Docker();
const shell = (script: string) => ({ image: 'busybox', entrypoint: ['sh', '-c'], command: [script] });

/** One connection after another, each answered without a look at what it asks for. */
const listening = `echo up; trap exit TERM
  while true; do printf 'HTTP/1.1 200 OK\\r\\nconnection: close\\r\\n\\r\\nwell\\n' | nc -l -p 8082 & wait $!; done`;

async function open(door = async () => 'gofer.test:1') {
  const data = await testFolder();
  const identity = await identityOf(data);
  const reach = async () => dockerReach({ docker, data, identity, door });
  const next = () => new LocalExtensionContainers({ data, identity, reach, now: Date.now });
  onTestFinished(() => next().clear());
  return { containers: next(), logs: new FileLogs(data), next };
}

extensionContainersContract({ open, well: shell(listening), failing: shell('exit 3') });

test('a container reaches the API by the door, though the server itself listens on 127.0.0.1', async () => {
  const handler = async () => ({ statusCode: 200, headers: {}, body: 'the API' });
  const door = createDoor({ handler, url: () => 'http://127.0.0.1:1' });
  onTestFinished(() => door.close());
  const { containers, logs } = await open(() => door.open(docker));
  const work = {
    id: 'hooks',
    environment: ({ apiBaseUrl }: { apiBaseUrl: string }) => ({ API: apiBaseUrl }),
    secrets: {},
  };
  const { ended } = await containers.start({ ...work, ...shell('wget -q -O - $API/api/namespaces; sleep 1') });
  await ended;
  const stream = await containers.log('hooks');
  const lines: string[] = [];
  if (stream) for await (const { data } of logs.read(stream)) lines.push(Buffer.from(data).toString());
  expect(lines).toEqual(['the API']);
});
