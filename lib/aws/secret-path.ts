/** Where a secret lies in its AWS store, and how a task definition names it there. */
export const secretStores = ['secrets-manager', 'parameter-store'] as const;

/** What the stack's setting `secretStore` allows. */
export type SecretStore = (typeof secretStores)[number];

/** Everything that this installation keeps as secrets begins so. Paths of parameters begin with a slash. */
export const secretsRoot = (installation: string, store: SecretStore): string =>
  store === 'secrets-manager' ? `gofer/${installation}/` : `/gofer/${installation}/`;

/** `name` is made by `secret/name.ts`. */
export const secretPath = (installation: string, store: SecretStore, name: string): string =>
  `${secretsRoot(installation, store)}${name}`;

/** What ECS calls `valueFrom`. Without the suffix that AWS gives a secret, so it is known before the secret is made. */
export function secretArn(
  installation: string,
  { store, partition, region, account }: SecretPlace,
  name: string,
): string {
  const path = secretPath(installation, store, name);
  return store === 'secrets-manager'
    ? `arn:${partition}:secretsmanager:${region}:${account}:secret:${path}`
    : `arn:${partition}:ssm:${region}:${account}:parameter${path}`;
}

export type SecretPlace = {
  readonly store: SecretStore;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
};
