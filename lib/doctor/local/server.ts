/** The server on this machine: running, not running, or something else at its port. */
import type { ApiFacts } from '../api.ts';
import { fail, ok, type Verdict, warn } from '../check.ts';

export function judgeServer({ url, version, answer }: ApiFacts): Verdict {
  if ('version' in answer)
    return answer.version === version
      ? ok(`${url} answers, Gofer ${answer.version}`)
      : warn(`${url} is Gofer ${answer.version}, this command line is ${version}`, 'start the server again');
  return answer.foreign
    ? fail(`something else answers at ${url}`, 'choose another port: gofer dev --port 9000, GOFER_API_BASE_URL')
    : warn(`no server runs at ${url}`, 'start one: gofer dev');
}
