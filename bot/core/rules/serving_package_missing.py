"""Without azureml-core and azureml-dataset-runtime[fuse] no mini-batch can be read.

The test of all models would fail before the first of them is loaded. That the package was removed
is judged on its own; this finding blocks whatever the verdict.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="serving_package_missing",
    impact=Impact.NONE,
    requires_retrain=False,
    summary="A package that batch deployments need is no longer installed.",
    why=__doc__,
    remedy=(
        "List azureml-core and azureml-dataset-runtime[fuse], or azureml-defaults, which brings "
        "both."
    ),
    matches=of_kind(Kind.SERVING_PACKAGE_REMOVED),
    blocks=True,
)
