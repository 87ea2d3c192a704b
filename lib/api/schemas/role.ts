import * as z from 'zod';
import { actions } from '../../access/permission.ts';
import type { DeepReadonly } from '../read-only.ts';

const permissionSchema = z
  .object({
    resources: z
      .array(z.string())
      .describe('`all`, or resources; `namespaces`, `pipelines` and `extensions` may be limited: `namespaces:^dev-`.'),
    actions: z.array(z.enum(actions).meta({ id: 'Action' })),
  })
  .meta({ id: 'Permission' });

export const permissionsSchema = z.array(permissionSchema);

export const roleSchema = z
  .object({
    id: z.string(),
    description: z.string(),
    permissions: permissionsSchema,
    system_role: z.boolean().describe("One of Gofer's own, which nobody can change."),
  })
  .meta({ id: 'Role' });

/** A role as the API gives it. */
export type Role = DeepReadonly<z.output<typeof roleSchema>>;
