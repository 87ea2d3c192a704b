import { createGatewayLogging } from '../../lib/aws/gateway-logging.ts';
import { gatewayLoggingResource } from '../resources/gateway-logging.ts';
import { createPlainResourceHandler } from '../resources/plain.ts';
import { respond } from '../resources/request.ts';

export const handler = createPlainResourceHandler(gatewayLoggingResource(createGatewayLogging()), respond);
