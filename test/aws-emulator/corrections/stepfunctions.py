"""Step Functions: how `ecs:runTask.sync` ends, and what StopExecution stops."""

import contextvars
import json
import threading
import time
from datetime import datetime

from ministack.services import ecs
from ministack.services import stepfunctions as states

_execution = contextvars.ContextVar("execution")


class _Left(Exception):
    """The execution has been stopped: whatever of it still works leaves off."""


def _running():
    execution = _execution.get(None)
    return execution is None or execution["status"] == "RUNNING"


def _run_task(resource, data):
    """`.sync` waits for the task, however long; it returns the task, or fails with it as the Cause. A task that was
    not placed is `AmazonECS.Unknown`. When the execution is stopped, so is the task.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
    """
    status, _, body = ecs._run_task(states._pascal_to_camel(data))
    result = json.loads(body)
    if status >= 400:
        raise states._ExecutionError(f"ECS.{result.get('__type', 'Unknown')}", result.get("message", ""))
    if result["failures"]:
        raise states._ExecutionError("AmazonECS.Unknown", json.dumps(_pascal(result)))
    if not resource.endswith(".sync"):
        return _pascal(result)
    arn = result["tasks"][0]["taskArn"]
    cluster = result["tasks"][0]["clusterArn"]
    while (task := ecs._tasks[arn])["lastStatus"] != "STOPPED":
        if not _running():
            ecs._stop_task({"cluster": cluster, "task": arn, "reason": "Task stopped by Step Functions"})
            raise _Left
        time.sleep(0.1)
    ended = _pascal(ecs._sanitize(task))
    if task["stopCode"] != "EssentialContainerExited" or any(each.get("exitCode") for each in task["containers"]):
        raise states._ExecutionError("States.TaskFailed", json.dumps(ended))
    return ended


def _pascal(value, name=""):
    """In a state's data, names are in PascalCase and times are epoch milliseconds."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _pascal(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_pascal(each) for each in value]
    if name.endswith("At") and isinstance(value, str):
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    return value


def _in_its_execution(execute):
    def executed(state, data, execution, context):
        _execution.set(execution)
        if not _running():
            raise _Left
        # The branches of a Parallel share what should be each one's own: its token, for one.
        return execute(state, data, execution, {**context, "State": dict(context["State"])})

    return executed


def _with_callback(resource, data, token, state):
    """Every attempt of a state has a token of its own, which dies with it; a function that fails is the state's failure.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
    """
    if not _running():
        raise _Left
    own = states.new_uuid()
    data = json.loads(json.dumps(data).replace(token, own))
    event = threading.Event()
    states._task_tokens[own] = {"event": event, "result": None, "error": None, "heartbeat": None}
    try:
        states._call_lambda(data["FunctionName"], data["Payload"])
        deadline = time.monotonic() + state["TimeoutSeconds"]
        while not event.wait(0.5):
            if not _running():
                raise _Left
            if time.monotonic() > deadline:
                raise states._ExecutionError("States.Timeout", "")
        answer = states._task_tokens[own]
    finally:
        del states._task_tokens[own]
    if answer["error"]:
        raise states._ExecutionError(answer["error"].get("Error", ""), answer["error"].get("Cause", ""))
    return json.loads(answer["result"])


def _unless_ended(fail):
    """An execution that has ended keeps its status: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html"""

    def failed(execution, error, cause):
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    return failed


def _result_selector(state, result):
    """An empty ResultSelector is one too: a payload template whose result is empty.

    https://states-language.net/spec.html#payload-template
    """
    return states._resolve_params_obj(state["ResultSelector"], result) if "ResultSelector" in state else result


def correct():
    states._apply_result_selector = _result_selector
    states._invoke_ecs_run_task = states._SERVICE_DISPATCH["arn:aws:states:::ecs:runTask"] = _run_task
    states._execute_task = _in_its_execution(states._execute_task)
    states._invoke_with_callback = _with_callback
    states._fail_execution = _unless_ended(states._fail_execution)
