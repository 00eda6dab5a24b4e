"""Frameworks are built for one version of CUDA and cuDNN.

On another they compute on the CPU, differently, or not at all.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="cuda_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The base image was taken with another version of CUDA.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.CUDA_CHANGED),
)
