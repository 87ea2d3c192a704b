"""EventBridge: a function that is a rule's target is invoked asynchronously."""

import json

from ministack.services import eventbridge, lambda_svc


def _to_lambda(arn, payload):
    """Its failure is tried again as the function's own settings say, and then goes to its failure destination.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


def correct():
    eventbridge._dispatch_to_lambda = _to_lambda
