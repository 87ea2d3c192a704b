/** The Node.js that runs this, and the one that would run the server. */
import { fail, ok, type Verdict } from '../check.ts';

export const oldestNode = 22;

export const judgeNode = (version: string): Verdict =>
  Number.parseInt(version, 10) < oldestNode
    ? fail(`Node.js ${version} is too old`, `install Node.js ${oldestNode} or newer`)
    : ok(`Node.js ${version}`);
