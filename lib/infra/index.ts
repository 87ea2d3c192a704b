/**
 * `gofer-serverless/cdk`: Gofer in a team's own CDK app.
 *
 * @example
 * import { Gofer, Pipeline } from 'gofer-serverless/cdk';
 * const gofer = new Gofer(stack, 'Gofer', { logRetention: 90 });
 */
export { Gofer } from './gofer.ts';
export { Pipeline, type PipelineOptions, type PipelineProps } from './pipeline.ts';
export type { GoferProps } from './props.ts';
