import { schedules, secrets } from '../../lib/aws/parts.ts';
import { askS3 } from '../../lib/aws/s3.ts';
import { signedOptions } from '../../lib/aws/signed.ts';
import { onAws } from '../on-aws.ts';
import { createCustomResourceHandler } from '../resources/custom-resource.ts';
import { createPipelineResource } from '../resources/pipeline.ts';
import { respond } from '../resources/request.ts';

const options = signedOptions(process.env);

export const handler = onAws(
  (home) =>
    createCustomResourceHandler(
      home,
      createPipelineResource(home, (address) => askS3('GET', address, options)),
      respond,
    ),
  { schedules, secrets },
);
