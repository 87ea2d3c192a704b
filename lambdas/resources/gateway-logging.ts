/** The custom resource behind the access log: it sees to the account's role for logs, and respects one that is there. */
import type { GatewayLogging } from '../../lib/aws/gateway-logging.ts';
import { isDenied, type PlainResource } from './plain.ts';

export const gatewayLoggingResource = ({ offer, withdraw }: GatewayLogging): PlainResource => ({
  id: ({ RoleArn }) => String(RoleArn),
  create: offer,
  remove: withdraw,
  // API Gateway tries the role at once: "The role ARN does not have required permissions configured".
  isEarly: (error) => isDenied(error) || error.name === 'BadRequestException',
});
