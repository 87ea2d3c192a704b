/** Which tasks a task waits for, and how they must have ended. */
import type { ParentCondition } from '../pipeline/config.ts';

/** `any`: successful, failed or skipped. `success`: successful only. `failure`: failed only. A cancelled task meets none. */
export type Condition = ParentCondition;

/** A task and how it must have ended, as `success`, `failure` and `any` give it. */
export type Dependency<Id extends string = string> = { readonly on: Id; readonly condition: Condition };

type Named<Id extends string> = { readonly id: Id };
type Parent<Id extends string> = Id | Named<Id>;

/**
 * The tasks a task waits for: tasks or their ids (which must succeed), or `failure(task)` and `any(task)`; or an object of
 * conditions by id.
 *
 * @example depends_on: [build, failure(test), any(lint)]
 * @example depends_on: { build: 'success', test: 'failure' }
 */
export type DependsOn = readonly (string | Named<string> | Dependency)[] | { readonly [id: string]: Condition };

/** The ids that a `depends_on` names. */
export type ParentsOf<D> = D extends readonly (infer Each)[]
  ? Each extends string
    ? Each
    : Each extends Named<infer Id> | Dependency<infer Id>
      ? Id
      : never
  : Extract<keyof D, string>;

/**
 * Waits for the task to succeed: the same as naming the task alone.
 *
 * @example task({ id: 'publish', image: 'alpine', depends_on: [success(build)] })
 */
export const success = <const Id extends string>(task: Parent<Id>): Dependency<Id> => dependency(task, 'success');

/**
 * Waits for the task to fail: for cleaning up and reporting. If it succeeds, the waiting task is skipped.
 *
 * @example task({ id: 'report', image: 'alpine', depends_on: [failure(build)] })
 */
export const failure = <const Id extends string>(task: Parent<Id>): Dependency<Id> => dependency(task, 'failure');

/**
 * Waits for the task to end in whatever way but a cancel.
 *
 * @example task({ id: 'cleanup', image: 'alpine', depends_on: [any(build)] })
 */
export const any = <const Id extends string>(task: Parent<Id>): Dependency<Id> => dependency(task, 'any');

const dependency = <Id extends string>(task: Parent<Id>, condition: Condition): Dependency<Id> => ({
  on: typeof task === 'string' ? task : task.id,
  condition,
});

/** As an object of conditions by id. */
export function conditionsOf(dependsOn: DependsOn): Record<string, Condition> {
  if (!isList(dependsOn)) return { ...dependsOn };
  return Object.fromEntries(
    dependsOn.map((each) => {
      const { on, condition } = typeof each === 'object' && 'on' in each ? each : success(each);
      return [on, condition];
    }),
  );
}

const isList = (dependsOn: DependsOn): dependsOn is Extract<DependsOn, readonly unknown[]> => Array.isArray(dependsOn);
