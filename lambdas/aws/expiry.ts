import { logs, objects, secrets } from '../../lib/aws/parts.ts';
import { createExpiryHandler } from '../events/expiry.ts';
import { onAws } from '../on-aws.ts';

export const handler = onAws(createExpiryHandler, { logs, objects, secrets });
