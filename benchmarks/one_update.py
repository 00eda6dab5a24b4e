"""What one turn of the strategy's loop does: `az ml batch-deployment update --set environment=`.

The Azure CLI is not installed here; this is the same SDK without the CLI's own start.
"""

import sys

from azure.ai.ml import MLClient
from azure.identity import DefaultAzureCredential


def main() -> None:
    """Give one deployment another environment, and wait until that has ended."""
    subscription, group, workspace, endpoint, deployment, environment = sys.argv[1:]
    credential = DefaultAzureCredential(disable_instance_discovery=True)
    client = MLClient(credential, subscription, group, workspace, enable_telemetry=False)
    found = client.batch_deployments.get(deployment, endpoint)
    found.environment = environment
    client.batch_deployments.begin_create_or_update(found, skip_script_validation=True).result()


if __name__ == "__main__":
    main()
