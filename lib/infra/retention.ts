/** How long logs are kept, in CDK's words. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Settings } from './settings.ts';

/** Its days are CDK's own numbers. */
export const retentionOf = ({ logRetention }: Pick<Settings, 'logRetention'>): RetentionDays =>
  logRetention === 'forever' ? RetentionDays.INFINITE : logRetention;
