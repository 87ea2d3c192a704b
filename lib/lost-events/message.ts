/**
 * What lies in the queue of lost events, in the three shapes that AWS gives it.
 *
 * A rule of EventBridge and a schedule of EventBridge Scheduler that could not deliver write what they would have sent,
 * with `TARGET_ARN` beside it; a function that failed at every try writes a report with the payload inside
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
 */

/** A message as the queue gives it. */
export type Message = {
  readonly id: string;
  readonly body: string;
  /** Message attributes, text only. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Names this receipt of the message, to remove it or to give it back. */
  readonly receipt: string;
};

/** An event that no handler took. */
export type LostEvent = {
  /** Name of the function that should have had it. */
  readonly functionName: string;
  /** What it should have had, as JSON. */
  readonly payload: string;
  /** `ECS Task State Change`, or what else the payload calls itself. */
  readonly about: string;
  /** Why it was lost, in AWS's words. */
  readonly reason: string;
  /** A request of CloudFormation's, to a custom resource. */
  readonly request: boolean;
};

/** A string says why the message can't be read as a lost event. */
export function readMessage({ body, attributes }: Message): LostEvent | string {
  const content = parse(body);
  if (content === undefined) return 'its body is not JSON';
  const report = reportOf(content);
  const arn = report?.functionArn ?? attributes['TARGET_ARN'];
  if (!arn) return 'it names no function: neither TARGET_ARN nor requestContext.functionArn';
  const functionName = functionOf(arn);
  if (!functionName) return `its target ${arn} is no function`;
  if (attributes['IS_PAYLOAD_TRUNCATED'] === 'true') return 'its payload was cut off by EventBridge Scheduler';
  const payload = report ? report.payload : content;
  const request = requestOf(payload);
  return {
    functionName,
    // As it came, where it came bare: nothing is lost on the way through a parser.
    payload: report ? JSON.stringify(payload) : body,
    about: text(payload, 'detail-type') ?? request ?? 'an event',
    request: request !== undefined,
    reason: report?.reason ?? attributes['ERROR_MESSAGE'] ?? attributes['ERROR_CODE'] ?? 'unknown',
  };
}

/** `arn:aws:lambda:eu-central-1:123456789012:function:Gofer-next:$LATEST` → `Gofer-next`. */
const functionOf = (arn: string): string | undefined => /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(arn)?.[1];

/** `Update of NightlyLive1A2B3C4D`. */
const requestOf = (payload: unknown): string | undefined =>
  text(payload, 'ResponseURL') && `${text(payload, 'RequestType')} of ${text(payload, 'LogicalResourceId')}`;

type Report = { readonly functionArn: string; readonly payload: unknown; readonly reason: string };

/** What a function's failure destination gets. */
function reportOf(content: unknown): Report | undefined {
  const context = field(content, 'requestContext');
  const functionArn = text(context, 'functionArn');
  const payload = field(content, 'requestPayload');
  if (functionArn === undefined || payload === undefined) return undefined;
  const reason = text(field(content, 'responsePayload'), 'errorMessage') ?? text(context, 'condition') ?? 'unknown';
  return { functionArn, payload, reason };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const text = (value: unknown, name: string): string | undefined => {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
};
