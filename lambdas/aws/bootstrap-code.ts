import { createBootstrapCode } from '../../lib/aws/bootstrap-code.ts';
import { createBootstrapCodeHandler } from '../resources/bootstrap-code.ts';
import { respond } from '../resources/request.ts';

export const handler = createBootstrapCodeHandler(createBootstrapCode, respond);
