/** What an account holds of extensions, by the APIs of AWS, and the hand that kills a container. */
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  paginateListServices,
  paginateListTaskDefinitions,
} from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { createSecrets } from '../../lib/aws/secrets.ts';
import { servicePrefix } from '../../lib/extension/place.ts';
import type { AwsInstallation } from './installation.ts';
import { inventory } from './inventory.ts';
import { options } from './places.ts';

export type Keeper = ReturnType<typeof keeperOf>;

/** What its container is told of itself. */
const idOf = 'GOFER_EXTENSION_SYSTEM_ID';

const docker = new Docker();

export function keeperOf({ emulator, outputs }: AwsInstallation) {
  const ecs = new ECSClient(options(emulator));
  const secrets = createSecrets({ installation: 'Gofer', store: 'secrets-manager' }, options(emulator));

  /** Docker's ids of those that run. */
  async function containers(id: string): Promise<string[]> {
    const found = await docker.listContainers({ filters: { label: [`ministack.instance=${emulator.identity}`] } });
    const described = await Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
    return described.filter(({ Config }) => Config.Env.includes(`${idOf}=${id}`)).map(({ Id }) => Id);
  }

  return {
    containers,
    kill: async (id: string) => {
      for (const each of await containers(id)) await docker.getContainer(each).kill();
    },
    /** Extensions that have one. */
    services: async () => {
      const names: string[] = [];
      for await (const page of paginateListServices({ client: ecs }, { cluster: outputs['ClusterName'] }))
        names.push(...(page.serviceArns ?? []).map((arn) => arn.split(`/${servicePrefix}`).at(-1) ?? ''));
      return names.sort();
    },
    /** Those that can still be run. */
    definitions: async (id: string) => {
      const names: string[] = [];
      for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client: ecs }, {}))
        for (const arn of taskDefinitionArns) {
          const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
          const [{ environment = [] } = {}] = taskDefinition?.containerDefinitions ?? [];
          if (environment.some(({ name, value }) => name === idOf && value === id)) names.push(arn);
        }
      return names;
    },
    /** Values of the tokens that are kept of it. */
    tokens: async (id: string) => {
      const name = new RegExp(`^secret gofer/Gofer/(_extension/${id}/.*)`);
      const names = (await inventory(emulator)).flatMap((each) => name.exec(each)?.[1] ?? []);
      return Promise.all(names.map((each) => secrets.get(each)));
    },
  };
}
