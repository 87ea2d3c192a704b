"""EventBridge Scheduler: a target's input may ask for the time that its schedule named."""

from datetime import datetime, timezone

from ministack.services import eventbridge


def _with_time(invoke):
    """Puts the time there, to the minute of the cron expression: the emulator sends the keyword as it is.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """

    def invoked(target, event, rule, *more):
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            now = datetime.fromtimestamp(event["Time"], tz=timezone.utc)
            time = now.strftime("%Y-%m-%dT%H:%M:00Z")
            target = {**target, "Input": target["Input"].replace("<aws.scheduler.scheduled-time>", time)}
        return invoke(target, event, rule, *more)

    return invoked


def correct():
    eventbridge._invoke_target = _with_time(eventbridge._invoke_target)
