/** The secrets of a container, read as it is started: before that nobody but the store knows them. */
import type { TaskDefinition } from '../../ports/containers.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Credentials } from '../../secret/registry-auth.ts';

/** A value by the name that a definition has for it. */
export type ReadSecret = Secrets['get'];

/** The same for the container that has this group. */
export type ReadSecretOf = (name: string, group: string) => ReturnType<ReadSecret>;

export type TaskSecrets = {
  readonly secrets: Readonly<Record<string, string>>;
  /** Absent: the definition names none, or none are stored. */
  readonly credentials?: Credentials;
};

/** In ECS's words: a secret was there when the task was let go, and is not any more. */
export class SecretMissingError extends Error {
  override readonly name = 'SecretMissingError';
  constructor(variable: string, secret: string) {
    super(
      `ResourceInitializationError: unable to pull secrets or registry auth: ResourceNotFoundException: the secret ${secret} of variable ${variable} does not exist`,
    );
  }
}

/** Throws a {@link SecretMissingError}. */
export async function readSecrets(
  { secrets = {}, registry }: Pick<TaskDefinition, 'secrets' | 'registry'>,
  read: ReadSecret,
): Promise<TaskSecrets> {
  const values = await Promise.all(
    Object.entries(secrets).map(async ([variable, secret]) => {
      const value = await read(secret);
      if (value === undefined) throw new SecretMissingError(variable, secret);
      return [variable, value] as const;
    }),
  );
  const stored = registry === undefined ? undefined : await read(registry);
  return {
    secrets: Object.fromEntries(values),
    ...(stored !== undefined && { credentials: JSON.parse(stored) as Credentials }),
  };
}
