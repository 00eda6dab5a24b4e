"""Circuit configs to the production deployments that they ask for."""

from collections.abc import Iterable
from dataclasses import replace

from bot.core.config.circuit import CircuitConfig
from bot.core.config.platform import Platform
from bot.core.production.deployment import DesiredDeployment


def desired_deployments(
    circuits: Iterable[CircuitConfig], platform: Platform
) -> tuple[DesiredDeployment, ...]:
    """Return one desired deployment a circuit, in the order given (D9 says which version)."""
    return tuple(_desired(circuit, platform) for circuit in circuits)


def rehearsed_deployments(
    circuits: Iterable[CircuitConfig], platform: Platform
) -> tuple[DesiredDeployment, ...]:
    """Return the same for the test workspace: on the environments that production will run.

    Where production gets a copy of its own, the test workspace's copy stands for it.
    """
    desired = desired_deployments(circuits, platform)
    if not platform.recreates_for_production:
        return desired
    copies = f"{platform.workspace_id('test')}/environments"
    return tuple(
        replace(one, environment_id=f"{copies}/{one.environment}/versions/{one.version}")
        for one in desired
    )


def _desired(circuit: CircuitConfig, platform: Platform) -> DesiredDeployment:
    name, version = platform.names.environment, circuit.production_version
    return DesiredDeployment(
        circuit=circuit.id,
        endpoint=platform.endpoint_name(circuit.id),
        deployment=platform.deployment_name(circuit.id),
        environment_id=platform.environment_id("production", name, version),
        environment=name,
        version=version,
        model_version=circuit.model_version,
        new_model_id=circuit.model_version
        and platform.new_model_id(circuit.id, circuit.model_version),
    )
