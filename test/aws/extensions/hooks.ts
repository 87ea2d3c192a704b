/** An extension, and the stack that it is installed in. */
import type { ServiceWork } from '../../../lib/ports/extension-services.ts';
import { clusterArn } from './memory-ecs.ts';

export const settings = {
  installation: 'Gofer',
  clusterArn,
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  rolesArn: 'arn:aws:iam::123456789012:role',
  logGroup: 'gofer-tasks',
  region: 'eu-central-1',
  secrets: { store: 'secrets-manager', partition: 'aws', region: 'eu-central-1', account: '123456789012' },
  architecture: 'x86_64',
  network: { subnets: ['subnet-b', 'subnet-a'], securityGroups: ['sg-extensions'], assignPublicIp: 'ENABLED' },
} as const;
export const work: ServiceWork = {
  id: 'hooks',
  image: 'hooks:1',
  environment: { GOFER_EXTENSION_SYSTEM_ID: 'hooks' },
  secrets: { GOFER_EXTENSION_SYSTEM_SECRET: '_extension/hooks/t1/value' },
};
