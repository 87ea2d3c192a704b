/**
 * How calls of AWS are repeated: by the SDK, with full jitter, here and nowhere above. Machines repeat states on their
 * own, but a state's call is Step Functions', not ours.
 */
import { StandardRetryStrategy } from '@smithy/core/retry';

type RetryErrorInfo = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>[1];
type RetryToken = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>[0];

/** Services hand on the throttling of other services under names of their own: only the message tells. */
const throttled = /Rate exceeded|Request limit exceeded|RequestLimitExceeded|ErrorCode: Throttling|Too many requests/i;

/** Sees throttling in the code, as every strategy does, and in the message: ECS calls it InvalidParameterException. */
export class PatientRetry extends StandardRetryStrategy {
  override refreshRetryTokenForRetry(token: RetryToken, info: RetryErrorInfo) {
    const said = info.error instanceof Error ? info.error.message : '';
    return super.refreshRetryTokenForRetry(token, throttled.test(said) ? { ...info, errorType: 'THROTTLING' } : info);
  }
}

/**
 * What every client of the control plane is made with. Registering task definitions and creating machines is one a second
 * on AWS: calls wait their turn rather than fail. 8 attempts wait half a minute at most on average, a function's time.
 */
export const patient = (maxAttempts = 8) => ({ retryStrategy: new PatientRetry({ maxAttempts }) });
