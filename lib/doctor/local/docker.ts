/** Docker: without it tasks run as processes. */
import { ok, type Verdict, warn } from '../check.ts';

export type DockerFacts =
  | { readonly version: string; readonly api: string; readonly architecture: string }
  | { readonly error: string; readonly remedy: string };

/** The oldest that has all that Gofer asks for: Docker 20.10. */
const oldest = 1.41;

export function judgeDocker(facts: DockerFacts): Verdict {
  if ('error' in facts)
    return warn(
      `Docker does not answer (${facts.error}): tasks run as processes, and their images are ignored`,
      facts.remedy,
    );
  const { version, api, architecture } = facts;
  if (Number(api) < oldest)
    return warn(`Docker ${version} is old (API ${api})`, `update it: Gofer is made for API ${oldest} and newer`);
  return ok(`Docker ${version} answers, ${architecture}`);
}
