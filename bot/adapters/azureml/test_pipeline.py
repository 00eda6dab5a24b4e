"""A test of all models as one pipeline job."""

from collections.abc import Mapping
from pathlib import Path

from azure.ai.ml import Input, Output, command
from azure.ai.ml.dsl import pipeline
from azure.ai.ml.entities import Command, PipelineJob, PipelineJobSettings

import bot
from bot.adapters.azureml.model_inputs import Found, Inputs
from bot.core.baseline import Absence
from bot.core.model_test_request import ModelRef, ModelTestRequest, Step

RESULTS = "results"
EXPERIMENT = "envbot-model-tests"
_PROGRAMS = Path(bot.__file__).parent / "jobs"
# Azure ML, resource limits: 50 tags of 1,000 characters; a model's name may have 255.
_TAG_CHARACTERS = 1000


def make_pipeline(request: ModelTestRequest, name: str, found: Found) -> PipelineJob:
    """Return one pipeline; steps of equal shape and environment share one component.

    The environment is written into the component: Azure ML does not resolve one that is given as
    a pipeline input (azureml-examples#2431).

    The steps of the environment under test always run. A baseline step whose environment, models
    and sample asset ran before is not run again: Azure ML hands out its earlier results.
    """
    nodes = [_node(request, step, found.inputs) for step in found.steps]

    def test_models() -> None:
        for step, (make, values) in zip(found.steps, nodes, strict=True):
            made = make(**values)
            made.name = step.name

    job: PipelineJob = pipeline(test_models, name=name)()
    job.name, job.experiment_name, job.tags = name, EXPERIMENT, to_tags(found.absent)
    job.settings = PipelineJobSettings(
        default_compute=request.settings.compute, continue_on_step_failure=True, force_rerun=False
    )
    return job


def _node(
    request: ModelTestRequest, step: Step, inputs: Mapping[ModelRef, Inputs]
) -> tuple[Command, dict[str, str | Input]]:
    """Return the component of a step, and what its inputs are given."""
    chosen = [inputs[model.ref] for model in step.models]
    samples = [each.sample for each in chosen]
    if len(set(samples)) == 1:
        samples = samples[:1]
    mounts = {f"model_{number}": each.model for number, each in enumerate(chosen, start=1)}
    paths = tuple(mounts)
    mounts |= {f"sample_{number}": sample for number, sample in enumerate(samples, start=1)}
    values: dict[str, str | Input] = {
        key: Input(type=mount.type, path=mount.path) for key, mount in mounts.items()
    }
    values["models"] = ",".join(model.ref.label for model in step.models)
    declared = {key: Input(type=mount.type) for key, mount in mounts.items()}
    made = command(
        name="model_test",
        code=str(_PROGRAMS),
        command=_command(step, paths, tuple(key for key in mounts if key not in paths)),
        environment=step.environment_id,
        inputs={"models": Input(type="string"), **declared},
        outputs={RESULTS: Output(type="uri_folder")},
        is_deterministic=step.is_baseline and _is_fixed(request.settings.sample_data),
    )
    return made, values


def _command(step: Step, paths: tuple[str, ...], samples: tuple[str, ...]) -> str:
    def named(keys: tuple[str, ...]) -> str:
        return " ".join(f"${{{{inputs.{key}}}}}" for key in keys)

    return (
        f"python model_test.py --results ${{{{outputs.{RESULTS}}}}}"
        f"{' --baseline' if step.is_baseline else ''} --models ${{{{inputs.models}}}}"
        f" --paths {named(paths)} --samples {named(samples)}"
    )


def _is_fixed(sample_data: str) -> bool:
    """Tell whether the data is a version of an asset: what lies at a path can change."""
    return not sample_data.startswith("azureml://datastores/")


def to_tags(absent: Mapping[Absence, tuple[ModelRef, ...]]) -> dict[str, str]:
    """Return what was not submitted as tags of the job, whose results it then belongs to."""
    tags: dict[str, str] = {}
    for why, refs in sorted(absent.items()):
        for ref in refs:
            number = sum(1 for key in tags if key.startswith(why.value))
            last = f"{why.value}_{number}"
            joined = f"{tags[last]},{ref.label}" if last in tags else ""
            if joined and len(joined) <= _TAG_CHARACTERS:
                tags[last] = joined
            else:
                tags[f"{why.value}_{number + 1}"] = ref.label
    return tags


def from_tags(tags: Mapping[str, str]) -> dict[Absence, tuple[ModelRef, ...]]:
    """Return what `to_tags` wrote."""
    absent: dict[Absence, tuple[ModelRef, ...]] = {}
    for why in Absence:
        labels = [
            label
            for key, value in sorted(tags.items())
            if key.rpartition("_")[0] == why.value
            for label in value.split(",")
        ]
        refs = tuple(ModelRef(*label.rsplit(":", 1)) for label in labels if ":" in label)
        if refs:
            absent[why] = refs
    return absent
