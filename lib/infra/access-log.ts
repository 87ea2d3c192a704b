/** A line for each request to the API. It holds no header and no query, for a token might be in them. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat, LogGroupLogDestination, type StageOptions } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { retentionOf } from './retention.ts';
import type { Settings } from './settings.ts';

export function accessLog(
  scope: Construct,
  settings: Settings,
): Pick<StageOptions, 'accessLogDestination' | 'accessLogFormat'> {
  const group = new LogGroup(scope, 'AccessLog', {
    retention: retentionOf(settings),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return {
    accessLogDestination: new LogGroupLogDestination(group),
    accessLogFormat: AccessLogFormat.custom(
      JSON.stringify({
        time: AccessLogField.contextRequestTime(),
        request_id: AccessLogField.contextRequestId(),
        ip: AccessLogField.contextIdentitySourceIp(),
        method: AccessLogField.contextHttpMethod(),
        path: AccessLogField.contextPath(),
        status: AccessLogField.contextStatus(),
        bytes: AccessLogField.contextResponseLength(),
        milliseconds: AccessLogField.contextResponseLatency(),
        error: AccessLogField.contextErrorMessage(),
      }),
    ),
  };
}
