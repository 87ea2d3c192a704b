/** Permissions as the command line takes and shows them: one by flags, several from a file. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Role } from '../client/types.ts';
import { UsageError } from './exit.ts';
import type { Session } from './session.ts';

type Permission = Role['permissions'][number];

export type PermissionFlags = { allow?: Permission['actions']; on?: string[]; file?: string };

export const permissionOptions = (command: Command): Command =>
  command
    .option('--allow <actions>', 'read, write, delete, separated by commas', actions)
    .option('--on <resource...>', 'what it may be done to: all, runs, namespaces:^web$, …')
    .option('--file <path>', 'JSON: [{"resources": ["all"], "actions": ["read"]}, …]');

/** `undefined`: none were given. */
export async function permissionsOf(
  session: Session,
  flags: PermissionFlags,
): Promise<readonly Permission[] | undefined> {
  const { allow, on, file } = flags;
  if (file !== undefined && (allow || on)) throw new UsageError('--file stands in place of --allow and --on');
  if (file !== undefined) return await readPermissions(resolve(session.io.cwd, file));
  if (!allow && !on) return undefined;
  if (!allow || !on) throw new UsageError('--allow says what, --on to which resources: both are needed');
  return [{ resources: on, actions: allow }];
}

export const writePermission = ({ actions, resources }: Permission): string =>
  `${actions.join(', ')} on ${resources.join(', ')}`;

const known = ['read', 'write', 'delete'] as const;

function actions(text: string): Permission['actions'] {
  return text.split(',').map((word) => {
    const action = known.find((each) => each === word.trim());
    if (!action) throw new InvalidArgumentError(`"${word}" is none of ${known.join(', ')}.`);
    return action;
  });
}

/** What is inside is for the server to check: it says what is wrong. */
async function readPermissions(path: string): Promise<readonly Permission[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as readonly Permission[];
  } catch (error) {
    throw new UsageError(`--file ${path} can't be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
}
