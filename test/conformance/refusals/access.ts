/** Who may not ask: without a token, with a wrong one, with one that allows something else. */
import type { ContractOperation } from '../contract.ts';
import type { World } from '../world.ts';
import type { Refusal, Refusals } from './refusal.ts';

/** Those that need no token, and the one that is content with any. */
const open = ['get_system_metadata', 'create_bootstrap_token'];
const openToAll = [...open, 'whoami'];

const writing = ['cancel_run', 'cancel_task_execution', 'attach_task_execution'];
const actions = ['read', 'write', 'delete'] as const;

function actionOf({ id, method }: ContractOperation): (typeof actions)[number] {
  if (method === 'POST' || method === 'PATCH' || writing.includes(id)) return 'write';
  return method === 'GET' ? 'read' : 'delete';
}

export const access: Refusals = (operation) => {
  if (open.includes(operation.id)) return [];
  const unknown: Refusal[] = [
    { what: 'a request without a token', status: 401, wrong: (good) => ({ ...good, token: null }) },
    { what: 'a token that nobody gave out', status: 401, wrong: (good) => ({ ...good, token: 'gofer_guessed' }) },
  ];
  return openToAll.includes(operation.id) ? unknown : [...unknown, ...forbidden(operation)];
};

function forbidden(operation: ContractOperation): Refusal[] {
  const others = actions.filter((action) => action !== actionOf(operation));
  const elsewhere = ['namespaces:^elsewhere$', 'pipelines', 'extensions:^elsewhere$'];
  const within = ['configs', 'deployments', 'objects', 'runs', 'secrets', 'subscriptions'];
  return [
    withRole('a token without a role', () => undefined),
    withRole(`a token that may only ${others.join(' and ')}`, () => ({ resources: ['all'], actions: others })),
    ...(operation.path.includes('{namespace_id}') || operation.path.includes('{extension_id}')
      ? [withRole('a token of another namespace', () => ({ resources: [...elsewhere, ...within], actions }))]
      : []),
  ];
}

const withRole = (what: string, permission: () => object | undefined): Refusal => ({
  what,
  status: 401,
  wrong: async (good, world) => ({ ...good, token: await tokenOf(world, permission()) }),
});

async function tokenOf({ role, token }: World, permission: object | undefined): Promise<string> {
  const roles = permission ? Object.values(await role([permission])) : [];
  return (await token(...roles)).secret;
}
