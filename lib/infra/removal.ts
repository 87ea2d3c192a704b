/** What becomes of a team's records when the stack is deleted, in CDK's words. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { Settings } from './settings.ts';

export const removalOf = ({ removalPolicy }: Pick<Settings, 'removalPolicy'>): RemovalPolicy =>
  removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
