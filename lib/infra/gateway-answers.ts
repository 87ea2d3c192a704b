/** What API Gateway answers by itself, in the shape of every other error: clients know no second one. */
import { type GatewayResponseOptions, ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

type Answer = {
  readonly type: ResponseType;
  readonly error_code: string;
  /** Absent: API Gateway's own words. */
  readonly message?: string;
  /** Nothing was done, and in a moment it may be. */
  readonly again?: boolean;
};

const answers: readonly Answer[] = [
  {
    type: ResponseType.THROTTLED,
    error_code: 'throttled',
    message: 'there are more requests than the API takes at once; try again in a moment',
    again: true,
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    error_code: 'too_large',
    message: 'the request is larger than API Gateway takes; move large scripts or variables into images or objects',
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    error_code: 'unavailable',
    message: 'the API took too long to answer; what was asked for may have happened all the same',
  },
  { type: ResponseType.DEFAULT_4XX, error_code: 'refused' },
  // A function that can't be started, too: API Gateway has no answer of its own for that.
  {
    type: ResponseType.DEFAULT_5XX,
    error_code: 'unavailable',
    message: 'the API did not answer; try again in a moment',
    again: true,
  },
];

export function addGatewayAnswers(api: RestApi): void {
  for (const { type, ...answer } of answers) api.addGatewayResponse(type.responseType, { type, ...responseOf(answer) });
}

function responseOf({ error_code, message, again }: Omit<Answer, 'type'>): Omit<GatewayResponseOptions, 'type'> {
  // API Gateway puts its values in; its own message comes with quotation marks.
  const words = message ? JSON.stringify(message) : '$context.error.messageString';
  return {
    responseHeaders: { 'x-request-id': 'context.requestId', ...(again && { 'retry-after': "'1'" }) },
    templates: {
      'application/json': `{"request_id":"$context.requestId","message":${words},"error_code":"${error_code}"}`,
    },
  };
}
