"""CloudFormation: resource types that MiniStack doesn't know."""

from ministack.services import ec2, ecs
from ministack.services.cloudformation import provisioners


def _associate(_logical_id, props, _stack_name):
    """AWS::ECS::ClusterCapacityProviderAssociations: `Ref` gives the cluster's name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html
    """
    ecs._put_cluster_capacity_providers({
        "cluster": props["Cluster"],
        "capacityProviders": props.get("CapacityProviders", []),
        "defaultCapacityProviderStrategy": provisioners._pascal_to_camel(
            props.get("DefaultCapacityProviderStrategy", [])
        ),
    })
    return props["Cluster"], {}


def _dissociate(physical_id, _props):
    ecs._put_cluster_capacity_providers({"cluster": physical_id})


def _rule_of(kind):
    """AWS::EC2::SecurityGroupIngress and AWS::EC2::SecurityGroupEgress: a rule of a group that stands elsewhere in the
    template.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html
    """

    def rules(props):
        return ec2._security_groups[props["GroupId"]][kind]

    def create(logical_id, props, _stack_name):
        rules(props).extend(provisioners._ec2_sg_permissions([props]))
        return f"{logical_id}-{props['GroupId']}", {}

    def delete(_physical_id, props):
        for rule in provisioners._ec2_sg_permissions([props]):
            rules(props).remove(rule)

    return {"create": create, "delete": delete}


def _of_one_metric(record):
    """An alarm may watch an expression over several metrics. Here it watches the first of them: no alarm is waited for.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    """

    def recorded(name, props):
        for each in props.get("Metrics", []):
            if "MetricStat" in each:
                metric = {**each["MetricStat"], **each["MetricStat"]["Metric"]}
                props = {**props, **metric, "Statistic": metric["Stat"], "Metrics": None}
                break
        return record(name, props)

    return recorded


def correct():
    provisioners._cw_metric_alarm_record = _of_one_metric(provisioners._cw_metric_alarm_record)
    provisioners._RESOURCE_HANDLERS["AWS::ECS::ClusterCapacityProviderAssociations"] = {
        "create": _associate,
        "delete": _dissociate,
    }
    provisioners._RESOURCE_HANDLERS["AWS::EC2::SecurityGroupIngress"] = _rule_of("IpPermissions")
    provisioners._RESOURCE_HANDLERS["AWS::EC2::SecurityGroupEgress"] = _rule_of("IpPermissionsEgress")
