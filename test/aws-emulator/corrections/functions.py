"""Lambda: invocations that nobody waits for stand in line, and what becomes of logs whose group has been deleted."""

import contextvars
import threading

from ministack.services import cloudwatch_logs, lambda_svc

# MiniStack begins them all at once, each in a process of its own: a hundred events would then share the machine's few
# processors, and every function would run out of its time.
_environments = threading.Semaphore(8)

_in_line = contextvars.ContextVar("in_line", default=False)


def _queued(invoke):
    """Lambda keeps asynchronous invocations in a queue, and takes from it what its environments can do.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    """

    def queued(function, event):
        mark = _in_line.set(True)
        try:
            # The thread that it begins has this context.
            return invoke(function, event)
        finally:
            _in_line.reset(mark)

    return queued


def _in_turn(execute):
    def executed(function, event):
        if not _in_line.get():
            return execute(function, event)
        with _environments:
            # It calls itself, for the region of its function.
            mark = _in_line.set(False)
            try:
                return execute(function, event)
            finally:
                _in_line.reset(mark)

    return executed


def _where_there_is_a_group(emit):
    """Lambda makes a function's log group when its role allows that, which none of the product's does. So a function that
    is still at work as its stack goes brings no group back.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """

    def emitted(function, *others, **named):
        group = function["config"].get("LoggingConfig", {}).get("LogGroup")
        if group is None or group in cloudwatch_logs._log_groups:
            emit(function, *others, **named)

    return emitted


def correct():
    lambda_svc.invoke_async_with_retry = _queued(lambda_svc.invoke_async_with_retry)
    lambda_svc._execute_function = _in_turn(lambda_svc._execute_function)
    lambda_svc._emit_lambda_logs = _where_there_is_a_group(lambda_svc._emit_lambda_logs)
