"""What AWS would charge for: invocations of functions, write units of tables, and states entered."""

import json
import threading
from collections import Counter

from ministack.services import dynamodb, lambda_svc
from ministack.services import stepfunctions as states

_lock = threading.Lock()
_invocations = Counter()
_write_units = Counter()
_transitions = Counter()


def read():
    with _lock:
        return {
            "invocations": dict(_invocations),
            "writeUnits": dict(_write_units),
            "transitions": _transitions.total(),
        }


def reset():
    with _lock:
        _invocations.clear()
        _write_units.clear()
        _transitions.clear()


def _counted(dispatch):
    def dispatched(func, config, event, *others):
        with _lock:
            _invocations[config["FunctionName"]] += 1
        return dispatch(func, config, event, *others)

    return dispatched


def _metered(write):
    """A write whose condition doesn't hold costs a unit too, as long as the item has no more than a kilobyte.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    """

    def written(data):
        answer = write({**data, "ReturnConsumedCapacity": "TOTAL"})
        status, _, body = answer
        units = json.loads(body)["ConsumedCapacity"]["CapacityUnits"] if status == 200 else 1
        with _lock:
            _write_units[data["TableName"]] += units
        return answer

    return written


def _entered(execute):
    """Its histories leave out what happens within a Parallel."""

    def executed(state, *others):
        with _lock:
            _transitions[state["Type"]] += 1
        return execute(state, *others)

    return executed


def install():
    lambda_svc._execute_function_dispatch = _counted(lambda_svc._execute_function_dispatch)
    for name in ("_put_item", "_update_item", "_delete_item"):
        setattr(dynamodb, name, _metered(getattr(dynamodb, name)))
    for kind in ("pass", "task", "choice", "wait", "parallel", "map"):
        setattr(states, f"_execute_{kind}", _entered(getattr(states, f"_execute_{kind}")))
