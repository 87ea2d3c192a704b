"""CloudFormation: a resource type that MiniStack doesn't know."""

from ministack.services import ecs
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


def correct():
    provisioners._RESOURCE_HANDLERS["AWS::ECS::ClusterCapacityProviderAssociations"] = {
        "create": _associate,
        "delete": _dissociate,
    }
