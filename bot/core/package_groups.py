"""Which packages matter how much: the built-in floor that a policy may add to, never take from."""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum, auto
from typing import Protocol

_SEPARATORS = re.compile(r"[-_.]+")
# One package is published once for each CUDA: `cupy-cuda11x`, `nvidia-cudnn-cu12`, `mxnet-cu112`.
_CUDA = re.compile(r"-cu(?:da)?\d{1,3}x?\Z")

# What extends a tool is a tool; `types-requests` holds only annotations.
_TOOL_FAMILY = r"(?:flake8|mkdocs|pytest|sphinx|sphinxcontrib|tox|types)-[a-z0-9-]+"


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
        accelerate albumentations allennlp autogluon bitsandbytes catboost category-encoders chainer
        coremltools cpuonly darts deepspeed detectron2 dgl diffusers evaluate fairscale fairseq
        fastai fasttext fbprophet feature-engine flair flash-attn flax gensim gluoncv gluonnlp
        gluonts gpytorch h2o hdbscan horovod implicit intel-extension-for-pytorch jax jaxlib keras
        keras-applications keras-preprocessing kornia lightfm lightgbm lightning mlxtend mmcls mmcv
        mmcv-full mmdet mmengine mmtrack mxnet neuralprophet nltk onnxruntime onnxruntime-gpu
        onnxruntime-training opacus openvino optimum paddlepaddle paddlepaddle-gpu peft pmdarima
        prophet py-xgboost pycaret pymc pymc3 pyro-ppl pystan pytorch pytorch-cpu pytorch-cuda
        pytorch-gpu pytorch-lightning pytorch-mutex scikit-learn scikit-learn-intelex
        scikit-surprise segmentation-models-pytorch sentence-transformers sentencepiece
        simpletransformers sklearn skorch sktime spacy stanza statsmodels tensor2tensor tensorflow
        tensorflow-addons tensorflow-cpu tensorflow-estimator tensorflow-gpu tensorflow-hub
        tensorflow-intel tensorflow-io tensorflow-probability tensorflow-rocm tensorflow-text
        tensorflow-transform tensorrt tf-agents tf-keras tf-nightly tflite-runtime tfx theano thinc
        tiktoken timm tokenizers torch torch-geometric torchaudio torchdata torchmetrics torchtext
        torchvision transformers triton tslearn ultralytics umap-learn vllm vowpalwabbit xformers
        xgboost xgboost-cpu
        """
    ),
    Group.NUMERIC: _names(
        """
        av blas bottleneck cuda-runtime cuda-toolkit cudatoolkit cudf cudnn cuml cupy cvxopt cvxpy
        dask dask-core decord ecos fastparquet featuretools geopandas imagecodecs imageio
        imbalanced-learn imgaug intel-openmp libblas libcblas liblapack libopenblas librosa libtorch
        llvm-openmp llvmlite mkl mkl-service modin nccl nomkl numba numexpr numpy numpy-base
        nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn
        nvidia-cufft nvidia-curand nvidia-cusolver nvidia-cusparse nvidia-nccl nvidia-nvjitlink
        nvidia-nvtx openblas opencv opencv-contrib-python opencv-contrib-python-headless
        opencv-python opencv-python-headless osqp pandas patsy pillow pillow-simd polars py-opencv
        pyarrow pyfftw pyproj pyspark python-blosc pywavelets rasterio resampy scikit-image scipy
        shapely soundfile tbb tifffile tsfresh xarray zarr
        """
    ),
    Group.SERIALISATION: _names(
        """
        cloudpickle dill flatbuffers h5py hdf5 joblib mlflow mlflow-skinny msgpack msgpack-python
        onnx onnxmltools pickle5 protobuf pypmml python-flatbuffers safetensors skl2onnx
        sklearn2pmml skops tables tf2onnx treelite
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
        alabaster autopep8 bandit black black-nb build bump2version bumpversion codecov codespell
        coverage coveralls flake8 furo ghp-import hatchling interrogate isort jupyter-book mkdocs
        mypy myst-nb myst-parser nbsphinx nox numpydoc pip pip-tools poetry pre-commit pycodestyle
        pydata-sphinx-theme pydocstyle pyflakes pylint pyright pytest pyupgrade recommonmark ruff
        setuptools setuptools-scm sphinx towncrier tox twine virtualenv wheel yapf
        """
    ),
}

BUILD_SELECTORS = _names(
    """
    blas cpuonly cuda-runtime cuda-toolkit cudatoolkit intel-openmp libblas libcblas liblapack
    libopenblas llvm-openmp mkl nomkl openblas pytorch-cuda pytorch-mutex tbb
    """
)
"""Packages that decide which build of a numeric package is installed, in any version."""


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
        if _CUDA.sub("", canonical) in names:
            return min(group, _added_group(canonical, packages), key=_rank)
    added = _added_group(canonical, packages)
    is_tool = added is Group.OTHER and re.fullmatch(_TOOL_FAMILY, canonical)
    return Group.TOOLING if is_tool else added


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
