"""How events reach their targets: as AWS promises at worst. ECS's come at least once and in any order, those of Step
Functions with best effort; and a handler's queue may lose what it can't deliver.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html
"""

import random
import threading
from contextvars import copy_context

from ministack.services import eventbridge

USUAL = {"copies": 1, "lost": 0, "delay": 0}

_mode = dict(USUAL)
_told = {"delivered": 0, "lost": 0}
_random = random.Random(1)


def set_mode(mode):
    """`copies` of each event, each late by up to `delay` seconds, so that they overtake each other; `lost`: the part of
    events that reaches nobody. What is left out is as usual."""
    unknown = mode.keys() - USUAL.keys()
    if unknown:
        raise ValueError(f"{sorted(unknown)} is none of {sorted(USUAL)}")
    _mode.update({**USUAL, **mode})
    _told.update(delivered=0, lost=0)


def told():
    return dict(_told)


def _invoke(deliver):
    def invoke(target, event, rule, view=None):
        if event["Source"] not in ("aws.ecs", "aws.states"):
            return deliver(target, event, rule, view)
        if _random.random() < _mode["lost"]:
            _told["lost"] += 1
            return None
        for _ in range(_mode["copies"]):
            _told["delivered"] += 1
            late = threading.Timer(
                _random.random() * _mode["delay"], copy_context().run, [deliver, target, event, rule, view]
            )
            late.daemon = True
            late.start()
        return None

    return invoke


def install():
    eventbridge._invoke_target = _invoke(eventbridge._invoke_target)
