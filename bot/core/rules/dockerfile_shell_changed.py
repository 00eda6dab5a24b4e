"""Every RUN below it is run by another program, in another conda environment perhaps."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="dockerfile_shell_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The SHELL of the Dockerfile changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.SHELL_CHANGED),
)
