"""ECS: services, each of which keeps a container running, and where that is reached."""

import threading
from contextvars import copy_context

from ministack.services import ecs

# One change of a service at a time; a task that stops at once changes its service again.
_scheduler = threading.RLock()


def _tasks_of(service):
    """Those that have not stopped yet."""
    return [
        task
        for task in ecs._tasks.values()
        if task["group"] == f"service:{service['serviceName']}"
        and task["clusterArn"] == service["clusterArn"]
        and task["lastStatus"] != "STOPPED"
    ]


def _reconcile(cluster, key):
    """A service whose maximumPercent is 100 and whose minimumHealthyPercent is 0 stops a task before it starts the one in
    its place. MiniStack takes a task that is to stop for one that has stopped. Other services are none of the product's.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    with _scheduler:
        service = ecs._services.get(key)
        if service is None:
            return
        deployment = ecs._primary_deployment(service)
        living = _tasks_of(service)
        for task in living:
            if service["desiredCount"] == 0 or task["_deployment_id"] != deployment["id"]:
                reason = f"Scaling activity initiated by (deployment {deployment['id']})"
                ecs._stop_task({"cluster": cluster, "task": task["taskArn"], "reason": reason})
        if not living and service["status"] == "DRAINING":
            service["status"] = "INACTIVE"
        if not living and service["status"] == "ACTIVE" and service["desiredCount"] > 0:
            ecs._run_task(_request_of(service, deployment))
        ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")


def _request_of(service, deployment):
    return {
        "cluster": service["clusterArn"],
        "taskDefinition": service["taskDefinition"],
        "group": f"service:{service['serviceName']}",
        "startedBy": deployment["id"],
        "launchType": service["launchType"],
        "capacityProviderStrategy": service["capacityProviderStrategy"],
        "networkConfiguration": service["networkConfiguration"],
        "_deploymentId": deployment["id"],
    }


def _replaced(mark):
    """A task that has ended is replaced: at once if it has run, and ever more slowly if none gets that far.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
    """

    def marked(task_arn, task, *others, **named):
        done = mark(task_arn, task, *others, **named)
        kind, _, name = task["group"].partition(":")
        if done and kind == "service":
            cluster = ecs._cluster_name_from_arn(task["clusterArn"])
            service = ecs._services[f"{cluster}/{name}"]
            in_vain = service["_in_vain"] = 0 if task["startedAt"] else service.get("_in_vain", 0) + 1
            seconds = 2 ** min(in_vain, 8) if in_vain else 0
            later = threading.Timer(seconds, copy_context().run, [_reconcile, cluster, f"{cluster}/{name}"])
            later.daemon = True
            later.start()
        return done

    return marked


def _service_in(data):
    cluster = ecs._resolve_cluster_name(data["cluster"])
    name, _ = ecs._resolve_service_ref(data.get("service") or data["serviceName"])
    return cluster, f"{cluster}/{name}"


def _delete_service(delete):
    """A service is DRAINING until its tasks have stopped. MiniStack's is INACTIVE before.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """

    def deleted(data):
        with _scheduler:
            answer = delete(data)
            if answer[0] != 200:
                return answer
            cluster, key = _service_in(data)
            service = ecs._services[key]
            service["status"] = "DRAINING"
            answer = ecs.json_response({"service": ecs._sanitize(service)})
            _reconcile(cluster, key)
            return answer

    return deleted


def _create_service(create):
    """Until then nobody makes one of its name.

    https://repost.aws/knowledge-center/ecs-service-draining-state
    """

    def created(data):
        with _scheduler:
            _, key = _service_in(data)
            if ecs._services.get(key, {}).get("status") == "DRAINING":
                message = "Unable to Start a service that is still Draining."
                return ecs.error_response_json("InvalidParameterException", message, 400)
            return create(data)

    return created


def _delete_cluster(delete):
    """A cluster that has services or tasks stays. MiniStack's CloudFormation doesn't listen to a refusal, so it is logged.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    """

    def refused(kind, names):
        message = f"The cluster has {kind}: {', '.join(names)}"
        ecs.logger.warning(message)
        return ecs.error_response_json(f"ClusterContains{kind.title()}Exception", message, 400)

    def deleted(data):
        name = ecs._resolve_cluster_name(data["cluster"])

        def of_it(things):
            return [each for each in things.values() if ecs._cluster_name_from_arn(each["clusterArn"]) == name]

        services = [each for each in of_it(ecs._services) if each["status"] != "INACTIVE"]
        if services:
            return refused("services", [f"{each['serviceName']} is {each['status']}" for each in services])
        tasks = [each for each in of_it(ecs._tasks) if each["lastStatus"] != "STOPPED"]
        if tasks:
            return refused("tasks", [f"{each['group']} is {each['lastStatus']}" for each in tasks])
        return delete(data)

    return deleted


def _with_interface(record):
    """A container of the network mode `awsvpc` tells its address.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkInterface.html
    """

    def recorded(task, container, network):
        record(task, container, network)
        for attachment in task["attachments"]:
            interface = {"attachmentId": attachment["id"], "privateIpv4Address": ecs._task_ip(task)}
            for each in task["containers"]:
                each["networkInterfaces"] = [interface]

    return recorded


def _newest_active(resolve):
    """A family stands for its newest revision that is ACTIVE.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
    """

    def resolved(ref):
        family = ref.rsplit("/", 1)[-1]
        if not family or ":" in family:
            return resolve(ref)
        active = [
            definition["revision"]
            for definition in ecs._task_defs.values()
            if definition["family"] == family and definition["status"] == "ACTIVE"
        ]
        return f"{family}:{max(active)}" if active else family

    return resolved


def correct():
    ecs._reconcile_service_tasks = _reconcile
    # The scheduler above starts what takes the place of a task; no service of the product has a circuit breaker.
    ecs._record_service_task_failure = lambda _task: None
    # What this machine's Docker has is what a registry would give: there is no digest to ask for.
    ecs._prepare_service_images = lambda _task, _definition, _docker: None
    ecs._mark_task_stopped = _replaced(ecs._mark_task_stopped)
    ecs._record_task_ip = _with_interface(ecs._record_task_ip)
    ecs._resolve_td_key = _newest_active(ecs._resolve_td_key)
    ecs._delete_cluster = ecs._ACTION_MAP["DeleteCluster"] = _delete_cluster(ecs._delete_cluster)
    for action, corrected in {
        "CreateService": _create_service(ecs._create_service),
        "DeleteService": _delete_service(ecs._delete_service),
    }.items():
        ecs._ACTION_MAP[action] = corrected
