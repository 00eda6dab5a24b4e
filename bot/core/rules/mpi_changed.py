"""Horovod and mpi4py are built for one version, and Azure ML starts distributed jobs with it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="mpi_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The base image was taken with another version of Open MPI.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.MPI_CHANGED),
)
