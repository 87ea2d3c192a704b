import { ECSClient } from '@aws-sdk/client-ecs';
import { containerSettings, readEnvironment } from '../../lib/aws/environment.ts';
import { exchangeBy } from '../../lib/aws/extensions/reach.ts';
import { createExtensionServices } from '../../lib/aws/extensions/services.ts';
import { extensions, secrets } from '../../lib/aws/parts.ts';
import { patient } from '../../lib/aws/retry.ts';
import { signedOptions } from '../../lib/aws/signed.ts';
import { createExtensionsHandler } from '../events/extensions.ts';
import { onAws } from '../on-aws.ts';

const env = readEnvironment(process.env);
const settings = containerSettings(env);

const services = createExtensionServices(new ECSClient({ region: settings.region, ...patient() }), {
  ...settings,
  architecture: env.GOFER_DEFAULT_ARCHITECTURE,
  network: {
    subnets: env.GOFER_SUBNETS.split(','),
    securityGroups: env.GOFER_EXTENSION_SECURITY_GROUPS?.split(',') ?? [],
    assignPublicIp: env.GOFER_PUBLIC_IP,
  },
});
const exchange = exchangeBy(env.GOFER_EXTENSION_REACH_FUNCTION ?? '', signedOptions(process.env));

export const handler = onAws((home) => createExtensionsHandler(home, { services, exchange }), {
  extensions,
  secrets,
});
