"""The environment variables that point the Azure SDK at the sandbox, and nothing else."""

import json
from pathlib import Path

from bot.sandbox.azureml.identity import SECRETS, TENANT, cloud_name
from bot.sandbox.azureml.roles import OPERATOR

READY_FILE = "azureml.json"


def environment_variables(
    state: Path, client: str = OPERATOR, *, public_hosts: bool = True
) -> dict[str, str]:
    """Return what a process must have set before its first MLClient.

    AZUREML_CURRENT_CLOUD is among them because an inherited one would send the SDK elsewhere.
    `client` is one of the identities of roles.ASSIGNMENTS; the default may do everything.
    Without `public_hosts` the process trusts the sandbox alone: it cannot reach the real Azure even
    by mistake, and it connects five times as fast, for lack of 150 authorities to load each time.
    Raises FileNotFoundError when no server has run on `state`.
    """
    ready = json.loads((state / READY_FILE).read_text(encoding="utf-8"))
    clients = json.loads((state / SECRETS).read_text(encoding="utf-8"))["clients"]
    url = ready["url"]
    return {
        "AZUREML_CURRENT_CLOUD": cloud_name(url),
        "ARM_CLOUD_METADATA_URL": f"{url}/metadata/endpoints?api-version=2019-05-01",
        "REGISTRY_DISCOVERY_ENDPOINT_URL": f"{url}/",
        "ENVBOT_IMAGE_MIRROR": url,
        "REQUESTS_CA_BUNDLE": ready["ca_bundle" if public_hosts else "ca"],
        "AZURE_AUTHORITY_HOST": url,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": client,
        "AZURE_CLIENT_SECRET": clients[client],
    }
