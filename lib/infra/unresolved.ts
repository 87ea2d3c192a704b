/** Values of CDK that are known only when the stack is deployed: a pipeline is written down and named before. */
import { Token } from 'aws-cdk-lib';
import { type Problem, writePath } from '../pipeline/problem.ts';

/** Every place that holds one, in the words of a config. */
export function unresolvedIn(value: unknown, path: readonly PropertyKey[] = []): Problem[] {
  if (typeof value === 'object' && value !== null && !Token.isUnresolved(value))
    return Object.entries(value).flatMap(([key, inner]) =>
      unresolvedIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    );
  if (!Token.isUnresolved(value)) return [];
  const message = `${writePath(path)} is known only when the stack is deployed, and a pipeline is named by its content before`;
  return [{ path: writePath(path), message, suggestion: 'give the resource a name of its own, and write that' }];
}
