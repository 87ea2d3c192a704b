import { identityOf } from '../../../lib/local/containers/identity.ts';
import { LocalExtensionContainers } from '../../../lib/local/extensions/containers.ts';
import { processReach } from '../../../lib/local/extensions/process-reach.ts';
import { FileLogs } from '../../../lib/local/logs/logs.ts';
import { testFolder } from '../../e2e/folder.ts';
import { extensionContainersContract } from '../../ports/extension-containers.contract.ts';

const listening = `
  const [host, port] = process.env.BIND.split(':');
  require('node:http').createServer((_, answer) => answer.end('well\\n')).listen(port, host, () => console.log('up'))`;
const node = (script: string) => ({ image: 'ignored', command: [process.execPath, '-e', script] });

extensionContainersContract({
  well: node(listening),
  failing: node('process.exit(3)'),
  open: async () => {
    const data = await testFolder();
    const identity = await identityOf(data);
    const reach = async () => processReach(data, () => '127.0.0.1:1');
    const next = () => new LocalExtensionContainers({ data, identity, reach, now: Date.now });
    return { containers: next(), logs: new FileLogs(data), next };
  },
});
