/** Go is a program of the machine's own, and may be missing; everything else that examples need is Node. */
import { spawnSync } from 'node:child_process';

/** `required`: the examples in Go run, and fail, without Go too. */
const required = process.env['GOFER_TEST_GO'] === 'required';
const hasGo = required || spawnSync('go', ['version']).status === 0;

/** Whether the example of this name is tested here. */
export const isTested = (example: string) => hasGo || !example.startsWith('go-');
