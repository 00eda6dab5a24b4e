"""How a command job ends: whether its image can be built, and whether its modules import."""

import shlex
from collections.abc import Iterable
from fnmatch import fnmatchcase

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.compute import Ending
from bot.sandbox.azureml.exchange import Json
from bot.sandbox.azureml.ids import parse_asset
from bot.sandbox.azureml.store import Store

BUILD_LOG = "azureml-logs/20_image_build_log.txt"
_BUILD = """\
Step 1/3 : FROM mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04
Step 2/3 : RUN conda env create --prefix /azureml-envs/sensor --file conda.yml
ResolvePackageNotFound:
  - scripted==0.0.0
The command '/bin/sh -c conda env create' returned a non-zero code: 1
Image {label} could not be built.
"""
_IMPORT = """\
Traceback (most recent call last):
  File "image_probe.py", line 33, in _imports
    importlib.import_module(module)
ModuleNotFoundError: No module named '{module}'
{module} does not import.
"""


def failed_command(store: Store, sent: Json) -> Ending | None:
    """Return how a command job fails by the script; None for a pipeline, or when it does not.

    An environment that `failing_images` names leaves the log of its build and nothing of the
    program, which never ran; a module of `failing_imports` in the command leaves a traceback.
    """
    if sent.get("jobType") != "Command":
        return None
    reference = parse_asset(str(sent.get("environmentId")))
    label = f"{reference.name}:{reference.version}" if reference else ""
    if _is_among(label, store.setting(timeline.FAILING_IMAGES, [])):
        return Ending(timeline.FAILED, {}, _BUILD.format(label=label), BUILD_LOG)
    modules = store.setting(timeline.FAILING_IMPORTS, [])
    for word in shlex.split(str(sent.get("command"))):
        if word in modules:
            return Ending(timeline.FAILED, {}, _IMPORT.format(module=word))
    return None


def _is_among(label: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(label, pattern) for pattern in patterns)
