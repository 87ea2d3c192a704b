"""ECS: a task's events, a stop that its process gets time for, and more of its definition."""

import contextlib
import json
import queue
import threading
import time

from docker.errors import DockerException, ImageNotFound
from ministack.core.concurrency import spawn_background
from ministack.services import cloudwatch_logs, ecs, eventbridge


def _publish(task, **changed):
    """"ECS Task State Change", on the default bus, for each change of a task: the whole sequence of its statuses.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
    """
    detail = {**ecs._sanitize(task), **changed, "updatedAt": ecs._iso()}
    # Of a member that has no value yet, an event says nothing.
    detail = {name: value for name, value in detail.items() if value != "" and name != "tags"}
    entry = {
        "Source": "aws.ecs",
        "DetailType": "ECS Task State Change",
        "Detail": json.dumps(detail),
        "Resources": [detail["taskArn"]],
    }
    # Whoever handles an event never holds up the task that it tells of.
    spawn_background(eventbridge._put_events, {"Entries": [entry]}, allow_aws_source=True)


def _publishing(mark, *before):
    def marked(task_arn, task):
        for status in before:
            _publish(task, lastStatus=status)
        done = mark(task_arn, task)
        if done:
            _publish(task)
        return done

    return marked


def _stopped(mark):
    """A task has stopped when its log is written: Docker closes a container's log driver before it tells of its end,
    and the driver `awslogs` then sends what it holds.

    https://docs.docker.com/engine/logging/drivers/awslogs/
    """

    def marked(task_arn, task, reason, stop_code, exit_code=None):
        _await_log(task)
        # Whoever asked for the stop is its reason, though the container's end is what is seen.
        reason, stop_code = task.get("_asked_to_stop", (reason, stop_code))
        done = mark(task_arn, task, reason, stop_code, exit_code)
        if done:
            last = task["version"]
            for status in ("DEACTIVATING", "STOPPING", "DEPROVISIONING"):
                _publish(task, lastStatus=status, version=last - 1)
            _publish(task, version=last)
        return done

    return marked


def _await_log(task):
    name = f"ministack-ecs-awslogs-{task['taskArn'].rsplit('/', 1)[-1][:8]}-"
    for thread in threading.enumerate():
        if thread.name.startswith(name):
            thread.join(timeout=10)


def _forward(container, config, account_id, region):
    """The driver `awslogs` sends lines in batches; one call a line would keep a talkative container waiting for minutes.

    https://docs.docker.com/engine/logging/drivers/awslogs/
    """
    lines = queue.SimpleQueue()

    def take(text):
        for line in text:
            lines.put({"timestamp": int(time.time() * 1000), "message": line})
        return len(text)

    def text_of(chunk):
        return chunk.decode("utf-8", errors="replace").splitlines()

    def read():
        taken = 0
        for chunk in container.logs(stream=True, follow=True, stdout=True, stderr=True):
            taken += take(text_of(chunk))
        # Docker may end a follower before it has given it what the container wrote last.
        take(text_of(container.logs(stdout=True, stderr=True))[taken:])

    with ecs.request_scope(account_id, region):
        if not ecs._ensure_awslogs_stream(config):
            return
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        while reader.is_alive() or not lines.empty():
            with contextlib.suppress(queue.Empty):
                batch = [lines.get(timeout=0.05)]
                while len(batch) < 10_000 and not lines.empty():
                    batch.append(lines.get())
                where = {"logGroupName": config["group"], "logStreamName": config["stream"]}
                cloudwatch_logs._put_log_events({**where, "logEvents": batch})


def _stop_task(stop_at_once):
    """StopTask sends SIGTERM, and SIGKILL `stopTimeout` seconds (30 unless set) later; the task's containers keep
    the exit code that they end with. MiniStack says 0 before it has stopped anything.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
    """

    def stop_task(data):
        task = ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))
        if not task or task["lastStatus"] == "STOPPED":
            return stop_at_once(data)
        asked = task.setdefault("_asked_to_stop", (data.get("reason", "Task stopped by user"), "UserInitiated"))
        if not task["_docker_ids"]:
            # It was stopped before it had a container, which then has no exit code either.
            ecs._mark_task_stopped(task["taskArn"], task, *asked)
        elif task["desiredStatus"] != "STOPPED":
            with ecs.resource_lock("ecs-task", task["taskArn"]):
                ecs._bump_task_version(task)
                task["desiredStatus"] = "STOPPED"
                task["stoppingAt"] = ecs._iso()
            _publish(task)
            for container in task["_docker_ids"]:
                spawn_background(ecs._get_docker().containers.get(container).stop, timeout=_stop_timeout(task))
        return ecs.json_response({"task": ecs._sanitize(task)})

    return stop_task


def _is_active(task_arn, task):
    """A task that is to stop still has its containers until they have ended."""
    return ecs._tasks.get(task_arn) is task and not task.get("_ecs_resetting") and task["lastStatus"] != "STOPPED"


def _stop_timeout(task):
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"]))
    return definition["containerDefinitions"][0].get("stopTimeout", 30)


def _more_of_the_definition(build):
    """`entryPoint` and `initProcessEnabled`.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """

    def built(definition, *others):
        more = {}
        if definition.get("entryPoint"):
            more["entrypoint"] = definition["entryPoint"]
        if definition.get("linuxParameters", {}).get("initProcessEnabled"):
            more["init"] = True
        return {**build(definition, *others), **more}

    return built


def _pulling_first(run):
    """A task whose image can't be had says so: CannotPullContainerError.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
    """

    def ran(docker_client, definition, *others, **options):
        image = definition["image"]
        try:
            docker_client.images.get(image)
        except ImageNotFound:
            try:
                docker_client.images.pull(image)
            except DockerException as error:
                raise ecs._ImagePullError(f"{image}: {error}") from error
        return run(docker_client, definition, *others, **options)

    return ran


def _of_any_status(list_families):
    """Families are listed by status, or all of them.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html
    """

    def listed(data):
        return list_families({**data, "status": None} if data.get("status") == "ALL" else data)

    return listed


def correct():
    ecs._task_is_active = _is_active
    ecs._forward_awslogs = _forward
    ecs._mark_task_pending = _publishing(ecs._mark_task_pending, "PROVISIONING")
    ecs._mark_task_activating = _publishing(ecs._mark_task_activating)
    ecs._mark_task_running = _publishing(ecs._mark_task_running)
    ecs._mark_task_stopped = _stopped(ecs._mark_task_stopped)
    ecs._stop_task = ecs._ACTION_MAP["StopTask"] = _stop_task(ecs._stop_task)
    ecs._ACTION_MAP["ListTaskDefinitionFamilies"] = _of_any_status(ecs._list_task_definition_families)
    ecs._build_run_kwargs = _more_of_the_definition(ecs._build_run_kwargs)
    ecs._run_docker_container = _pulling_first(ecs._run_docker_container)
