import { describe, expect, test } from 'vitest';
import { template, templateOf } from './stack.ts';

type Alarm = { readonly Metrics?: readonly { readonly MetricStat?: object }[]; readonly AlarmActions?: unknown[] };

const alarmsOf = (of: typeof template): Alarm[] =>
  Object.values(of.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

test('alarms look at no more metrics than are free of charge', () => {
  const metrics = alarmsOf(template).map(({ Metrics }) => Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1);
  expect(metrics.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(10);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
});

test('a sweep that does not run is an alarm: no data is no good news', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Invocations',
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
});

describe('mail', () => {
  test('goes to the address of the settings, for every alarm', () => {
    const mailing = templateOf({ alarmEmail: 'team@example.com' });
    mailing.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'team@example.com' });
    for (const { AlarmActions } of alarmsOf(mailing)) expect(AlarmActions).toHaveLength(1);
  });

  test('goes to nobody otherwise', () => {
    template.resourceCountIs('AWS::SNS::Topic', 0);
  });
});

test('the access log has no header, query or token in it', () => {
  const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
  const format: string = stage?.['Properties'].AccessLogSetting.Format;
  expect(Object.keys(JSON.parse(format)).sort()).toEqual(
    ['bytes', 'error', 'ip', 'method', 'milliseconds', 'path', 'request_id', 'status', 'time'].sort(),
  );
  expect(format).not.toMatch(/header|query|authorizer|resourcePath/i);
});

test('the API is throttled as the settings say', () => {
  templateOf({ throttle: { rate: 7, burst: 9 }, accessLogs: false }).hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: [{ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9, HttpMethod: '*', ResourcePath: '/*' }],
  });
});

test('objects are private, read by TLS only, and forget unfinished uploads', () => {
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 }, Status: 'Enabled' }],
      },
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }, {}] },
  });
});
