import { createBootstrapCode } from '../../lib/aws/bootstrap-code.ts';
import { bootstrapCodeResource } from '../resources/bootstrap-code.ts';
import { createPlainResourceHandler } from '../resources/plain.ts';
import { respond } from '../resources/request.ts';

export const handler = createPlainResourceHandler(bootstrapCodeResource(createBootstrapCode), respond);
