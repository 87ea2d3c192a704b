/**
 * Pipelines in TypeScript.
 *
 * @example
 * import { failure, pipeline, pipelineSecret, task } from 'gofer-serverless';
 *
 * const test = task({ id: 'test', image: 'node:24', command: ['npm', 'test'] });
 * const publish = task({
 *   id: 'publish',
 *   image: 'node:24',
 *   command: ['npm', 'publish'],
 *   depends_on: [test],
 *   variables: { NPM_TOKEN: pipelineSecret('npm-token') },
 * });
 * const report = task({ id: 'report', image: 'alpine', command: ['./report'], depends_on: [failure(test)] });
 *
 * export default pipeline({ id: 'release', tasks: [test, publish, report] });
 */
export type { Duration } from '../pipeline/duration.ts';
export { InvalidPipelineError, type Problem } from '../pipeline/problem.ts';
export type { Size } from '../pipeline/size.ts';
export { any, type Condition, type Dependency, type DependsOn, failure, success } from './depends-on.ts';
export { type Pipeline, type PipelineOptions, pipeline } from './pipeline.ts';
export { globalSecret, pipelineObject, pipelineSecret, runObject } from './reference.ts';
export { type RetryOptions, type Task, type TaskOptions, task, type WrittenTask } from './task.ts';
