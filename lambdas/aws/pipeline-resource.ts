import { assetOptions, readAsset } from '../../lib/aws/asset.ts';
import { schedules } from '../../lib/aws/parts.ts';
import { onAws } from '../on-aws.ts';
import { createCustomResourceHandler } from '../resources/custom-resource.ts';
import { createPipelineResource } from '../resources/pipeline.ts';
import { respond } from '../resources/request.ts';

const options = assetOptions(process.env);

export const handler = await onAws(
  (home) =>
    createCustomResourceHandler(
      home,
      createPipelineResource(home, (address) => readAsset(address, options)),
      respond,
    ),
  { schedules },
);
