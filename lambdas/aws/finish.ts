import { onAws } from '../on-aws.ts';
import { createFinishHandler } from '../states/finish.ts';

export const handler = onAws(createFinishHandler);
