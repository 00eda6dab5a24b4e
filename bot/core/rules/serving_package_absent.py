"""Batch deployments need azureml-core and azureml-dataset-runtime[fuse].

The base image may bring them, so this only warns about the environment as it stands.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="serving_package_absent",
    impact=Impact.NONE,
    requires_retrain=False,
    summary="No file lists a package that batch deployments need.",
    why=__doc__,
    remedy=(
        "List azureml-core and azureml-dataset-runtime[fuse], or azureml-defaults, which brings "
        "both."
    ),
    matches=of_kind(Kind.SERVING_PACKAGE_MISSING),
    warns=True,
)
