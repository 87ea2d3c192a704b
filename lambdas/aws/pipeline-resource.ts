import { S3Client } from '@aws-sdk/client-s3';
import { readAsset } from '../../lib/aws/asset.ts';
import { schedules } from '../../lib/aws/parts.ts';
import { onAws } from '../on-aws.ts';
import { createCustomResourceHandler } from '../resources/custom-resource.ts';
import { createPipelineResource } from '../resources/pipeline.ts';
import { respond } from '../resources/request.ts';

const s3 = new S3Client({});

export const handler = await onAws(
  (home) =>
    createCustomResourceHandler(
      home,
      createPipelineResource(home, (url) => readAsset(s3, url)),
      respond,
    ),
  { schedules },
);
