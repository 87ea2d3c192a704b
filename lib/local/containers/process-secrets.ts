/** How a wrapper is given the secrets of its task: in its own environment, so that they lie in no file. */

const variable = 'GOFER_TASK_SECRETS';

export const handedOver = (secrets: Readonly<Record<string, string>>): Record<string, string> =>
  Object.keys(secrets).length ? { [variable]: JSON.stringify(secrets) } : {};

/** Takes them out of the environment: what the wrapper starts besides is not given them. */
export function takeOver(environment: NodeJS.ProcessEnv): Record<string, string> {
  const { [variable]: secrets } = environment;
  delete environment[variable];
  return secrets === undefined ? {} : (JSON.parse(secrets) as Record<string, string>);
}
