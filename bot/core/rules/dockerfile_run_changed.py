"""What a command leaves in the image is only known when it runs.

Of `pip install`, `conda install` and `apt-get install` the packages are compared one by one;
everything else in a RUN is compared word by word.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="dockerfile_run_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A RUN of the Dockerfile was added, removed or changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.RUN_CHANGED),
)
