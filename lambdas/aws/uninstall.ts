import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { readEnvironment } from '../../lib/aws/environment.ts';
import { createLeftovers } from '../../lib/aws/leftovers.ts';
import { servicesLeft } from '../../lib/aws/service-leftovers.ts';
import { signedOptions } from '../../lib/aws/signed.ts';
import { onAws } from '../on-aws.ts';
import { byPart, createCustomResourceHandler } from '../resources/custom-resource.ts';
import { createExtensionServicesResource } from '../resources/extension-services.ts';
import { respond } from '../resources/request.ts';
import { createUninstallResource } from '../resources/uninstall.ts';

/** Deregistering and deleting are a few calls a second on AWS: they wait their turn. */
const patient = { maxAttempts: 10 };

const env = readEnvironment(process.env);
const settings = {
  machineRoleArn: env.GOFER_MACHINE_ROLE_ARN,
  executionRoleArn: env.GOFER_EXECUTION_ROLE_ARN,
  clusterArn: env.GOFER_CLUSTER_ARN,
  secrets: { installation: env.GOFER_INSTALLATION, store: env.GOFER_SECRET_STORE },
};
const clients = { sfn: new SFNClient(patient), ecs: new ECSClient(patient), signed: signedOptions(process.env) };

export const handler = onAws((home) =>
  createCustomResourceHandler(
    home,
    byPart(
      createUninstallResource(home, (buckets) => createLeftovers(clients, { ...settings, buckets })),
      { extensions: createExtensionServicesResource(home, () => servicesLeft(clients.ecs, settings.clusterArn)) },
    ),
    respond,
  ),
);
