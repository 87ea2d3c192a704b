/** Roles that every installation has, and nobody can change. */
import type { Permission } from './permission.ts';

export type RoleView = {
  readonly id: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  readonly system_role: boolean;
};

const everything: readonly Permission[] = [{ resources: ['all'], actions: ['read', 'write', 'delete'] }];

export const systemRoles: readonly RoleView[] = [
  {
    id: 'bootstrap',
    description: 'The first token has this role, from which all others are given.',
    permissions: everything,
    system_role: true,
  },
  { id: 'admin', description: 'May do everything.', permissions: everything, system_role: true },
  {
    id: 'user',
    description: 'May work with the pipelines of the namespace "default", and with all that belongs to them.',
    permissions: [
      {
        resources: [
          'namespaces:^default$',
          'pipelines',
          'configs',
          'deployments',
          'events',
          'objects',
          'runs',
          'secrets',
          'subscriptions',
        ],
        actions: ['read', 'write', 'delete'],
      },
    ],
    system_role: true,
  },
  {
    id: 'anonymous',
    description: 'May look at namespaces, pipelines and runs. A request without a token does not have it.',
    permissions: [{ resources: ['namespaces', 'pipelines', 'runs'], actions: ['read'] }],
    system_role: true,
  },
];
