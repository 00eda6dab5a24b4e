"""Which packages matter how much: the built-in floor that a policy may add to, never take from."""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum, auto
from typing import Protocol

_SEPARATORS = re.compile(r"[-_.]+")


class Group(StrEnum):
    """What a package is to a trained model; where two claim one, the earlier member wins."""

    INTERPRETER = auto()
    FRAMEWORK = auto()
    NUMERIC = auto()
    SERIALISATION = auto()
    SERVING = auto()
    TOOLING = auto()
    OTHER = auto()


MODEL_GROUPS = frozenset({Group.INTERPRETER, Group.FRAMEWORK, Group.NUMERIC, Group.SERIALISATION})
"""Groups whose packages can change what a trained model computes, or whether it loads."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


FLOOR: Mapping[Group, frozenset[str]] = {
    Group.INTERPRETER: _names("python pypy"),
    Group.FRAMEWORK: _names(
        """
        accelerate autogluon catboost deepspeed evaluate fasttext flair flax gensim jax jaxlib
        keras keras-preprocessing lightgbm lightning mxnet nltk onnxruntime onnxruntime-gpu
        opacus paddlepaddle peft pmdarima prophet py-xgboost pytorch pytorch-lightning
        pytorch-cuda scikit-learn sentence-transformers sentencepiece skorch spacy statsmodels
        tensorflow tensorflow-addons tensorflow-cpu tensorflow-gpu tensorflow-hub tensorflow-intel
        tensorflow-io tensorflow-probability tensorflow-text tf-keras thinc tiktoken timm
        tokenizers torch torchaudio torchtext torchvision transformers vowpalwabbit xgboost
        """
    ),
    Group.NUMERIC: _names(
        """
        blas bottleneck cuda-toolkit cudatoolkit cudnn cupy dask featuretools geopandas imageio
        imbalanced-learn imgaug intel-openmp libblas librosa llvmlite mkl numba numexpr numpy
        nvidia-cublas nvidia-cuda-runtime nvidia-cudnn nvidia-nccl openblas opencv opencv-python
        opencv-python-headless pandas patsy pillow polars py-opencv pyarrow pyspark python-blosc
        pywavelets scikit-image scipy shapely soundfile tbb tsfresh xarray
        """
    ),
    Group.SERIALISATION: _names(
        """
        cloudpickle dill flatbuffers h5py hdf5 joblib mlflow mlflow-skinny msgpack msgpack-python
        onnx onnxmltools pickle5 protobuf python-flatbuffers safetensors skl2onnx tables tf2onnx
        """
    ),
    Group.SERVING: _names(
        """
        azureml-core azureml-dataprep azureml-dataset-runtime azureml-defaults azureml-fsspec
        azureml-inference-server-http azureml-mlflow azureml-sdk fastapi flask gunicorn
        inference-schema mltable starlette uvicorn werkzeug
        """
    ),
    Group.TOOLING: _names(
        """
        black build coverage flake8 hatchling isort mypy nox pip pip-tools poetry pre-commit pylint
        pytest pytest-cov pytest-mock pytest-xdist ruff setuptools sphinx sphinx-rtd-theme tox
        twine virtualenv wheel
        """
    ),
}


class Packages(Protocol):
    """What a policy adds to the floor: names in any spelling."""

    @property
    def framework(self) -> Collection[str]:
        """Return names to treat as framework."""
        ...

    @property
    def numeric(self) -> Collection[str]:
        """Return names to treat as numeric."""
        ...

    @property
    def serving(self) -> Collection[str]:
        """Return names to treat as serving."""
        ...

    @property
    def serialisation(self) -> Collection[str]:
        """Return names to treat as serialisation."""
        ...

    @property
    def tooling(self) -> Collection[str]:
        """Return names to treat as tooling."""
        ...


class NoAdditions:
    """The floor alone, as a value that fits `Packages`."""

    framework: Collection[str] = ()
    numeric: Collection[str] = ()
    serving: Collection[str] = ()
    serialisation: Collection[str] = ()
    tooling: Collection[str] = ()


def normalise(name: str) -> str:
    """Return the one spelling of a package's name (PEP 503): `Azure_ML.core` is `azure-ml-core`."""
    return _SEPARATORS.sub("-", name).lower()


def group_of(name: str, packages: Packages) -> Group:
    """Return the group that holds `name`, in any spelling.

    A policy can move a package of the floor only to an earlier group.
    """
    canonical = normalise(name)
    for group, names in FLOOR.items():
        if canonical in names:
            return min(group, _added_group(canonical, packages), key=_rank)
    return _added_group(canonical, packages)


def _added_group(canonical: str, packages: Packages) -> Group:
    added = {
        Group.FRAMEWORK: packages.framework,
        Group.NUMERIC: packages.numeric,
        Group.SERIALISATION: packages.serialisation,
        Group.SERVING: packages.serving,
        Group.TOOLING: packages.tooling,
    }
    for group, names in added.items():
        if canonical in {normalise(name) for name in names}:
            return group
    return Group.OTHER


def _rank(group: Group) -> int:
    return list(Group).index(group)
