"""The environment variables that point the Azure SDK at the sandbox, and nothing else."""

import json
from pathlib import Path

from bot.sandbox.azureml.identity import CLOUD, SECRETS, TENANT
from bot.sandbox.azureml.roles import OPERATOR

READY_FILE = "azureml.json"


def environment_variables(state: Path, client: str = OPERATOR) -> dict[str, str]:
    """Return what a process must have set before its first MLClient.

    AZUREML_CURRENT_CLOUD is among them because an inherited one would send the SDK elsewhere.
    `client` is one of the identities of roles.ASSIGNMENTS; the default may do everything.
    Raises FileNotFoundError when no server has run on `state`.
    """
    ready = json.loads((state / READY_FILE).read_text(encoding="utf-8"))
    clients = json.loads((state / SECRETS).read_text(encoding="utf-8"))["clients"]
    url = ready["url"]
    return {
        "AZUREML_CURRENT_CLOUD": CLOUD,
        "ARM_CLOUD_METADATA_URL": f"{url}/metadata/endpoints?api-version=2019-05-01",
        "REGISTRY_DISCOVERY_ENDPOINT_URL": f"{url}/",
        "REQUESTS_CA_BUNDLE": ready["ca_bundle"],
        "AZURE_AUTHORITY_HOST": url,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": client,
        "AZURE_CLIENT_SECRET": clients[client],
    }
