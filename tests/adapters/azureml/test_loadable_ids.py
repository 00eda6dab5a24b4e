"""What is given to `az ml` by hand: the SDK's own loader takes each id that envbot exports."""

import io
import shlex
from dataclasses import replace

import pytest
from azure.ai.ml import load_batch_deployment

from bot.core.asset_id import is_same_asset
from bot.core.production.drift_report import Changed, Difference, DriftReport
from bot.core.production.journal import JournalEntry, previous_env_versions
from bot.core.render.drift import Place, drift_markdown

# What `az ml batch-deployment update --set …` reads and then overrides.
DEPLOYMENT = """
$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json
type: model
name: deployment
endpoint_name: endpoint
model: azureml:sensor:1
environment: azureml:tf:1
compute: azureml:cpu-cluster
"""
GROUP = "/subscriptions/0-1/resourceGroups/rg/providers/Microsoft.MachineLearningServices"
PLACES = [
    pytest.param(f"{GROUP}/workspaces/ws", id="workspace"),
    pytest.param(f"azureml:{GROUP}/workspaces/ws", id="workspace after azureml:"),
    pytest.param(f"{GROUP.lower()}/workspaces/ws", id="workspace in lower case"),
    pytest.param(
        "azureml://subscriptions/0-1/resourcegroups/rg/workspaces/ws", id="workspace as azureml id"
    ),
    pytest.param("azureml://registries/reg", id="registry"),
    pytest.param(f"{GROUP}/registries/reg", id="registry as ARM id"),
]
ENTRY = JournalEntry("P001", "C001", "endpoint", "deployment", None, None, {}, "rest")


def loaded(field: str, value: str) -> str:
    """Return what the SDK makes of `--set field=value`, and would send to Azure."""
    found = load_batch_deployment(io.StringIO(DEPLOYMENT), params_override=[{field: value}])
    return str(getattr(found, field))


@pytest.mark.parametrize("place", PLACES)
def test_the_sdk_loads_each_environment_of_previous_env_versions(place: str) -> None:
    before = f"{place}/environments/tf/versions/1.5.0"

    (exported,) = previous_env_versions([replace(ENTRY, environment_id=before)])

    assert is_same_asset(loaded("environment", exported["previous_environment"]), before)


@pytest.mark.parametrize("field", ["environment", "model"])
@pytest.mark.parametrize("place", PLACES)
def test_the_sdk_loads_what_the_commands_against_drift_set(place: str, field: str) -> None:
    asked = f"{place}/{field}s/thing/versions/5"
    changed = Changed("P1/C1", "e", "d", (Difference(field, asked, None),), "why", None)
    report = DriftReport((changed,), (), (), (), to_come=0, unchanged=0)

    shown = drift_markdown(report, Place("rg", "ws"))

    (command,) = (line for line in shown.splitlines() if line.startswith("az ml "))
    name, _, value = shlex.split(command)[-1].partition("=")
    assert is_same_asset(loaded(name, value), asked)
