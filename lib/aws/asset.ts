/** Files that the CDK has uploaded beside the stack's template. */
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** The text at `s3://bucket/key`. */
export async function readAsset(client: S3Client, url: string): Promise<string> {
  const { hostname: Bucket, pathname } = new URL(url);
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: pathname.slice(1) }));
  if (!Body) throw new Error(`${url} is empty; deploy the stack again`);
  return Body.transformToString();
}
