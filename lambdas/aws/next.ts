import { onAws } from '../on-aws.ts';
import { createNextHandler } from '../states/next.ts';

export const handler = onAws(createNextHandler);
