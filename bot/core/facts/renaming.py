"""Distributions that bring the same code under another name."""

from collections.abc import Mapping, Sequence

from bot.core.facts.dependency import Dependency

_FAMILIES = (
    "tensorflow tensorflow-cpu tensorflow-gpu tensorflow-intel tensorflow-rocm tf-nightly",
    "tensorflow-serving-api tensorflow-serving-api-gpu",
    "torch pytorch pytorch-cpu pytorch-gpu",
    "torchvision torchvision-cpu",
    "pytorch-lightning lightning",
    "sklearn scikit-learn scikit-learn-intelex",
    "skimage scikit-image",
    "opencv opencv-python opencv-python-headless opencv-contrib-python py-opencv libopencv",
    "onnxruntime onnxruntime-gpu onnxruntime-directml onnxruntime-openvino ort-nightly",
    "xgboost xgboost-cpu py-xgboost py-xgboost-cpu py-xgboost-gpu",
    "lightgbm lightgbm-gpu",
    "mlflow mlflow-skinny",
    "pillow pil pillow-simd",
    "fbprophet prophet",
    "faiss faiss-cpu faiss-gpu",
    "dask dask-core",
    "matplotlib matplotlib-base",
    "tables pytables",
    "msgpack msgpack-python",
    "flatbuffers python-flatbuffers",
    "blosc python-blosc",
    "graphviz python-graphviz",
    "psycopg2 psycopg2-binary",
    "pycrypto pycryptodome pycryptodomex",
    "bs4 beautifulsoup4",
    "dotenv python-dotenv",
    "tensorboard tb-nightly",
    "keras keras-nightly",
    "jaxlib jaxlib-cuda",
    "cudatoolkit cuda-toolkit",
)
_FAMILY: Mapping[str, int] = {
    name: number for number, names in enumerate(_FAMILIES) for name in names.split()
}


def renamed(
    gone: Sequence[Dependency], come: Sequence[Dependency]
) -> list[tuple[Dependency, Dependency]]:
    """Return the pairs of one family that stand for each other: one went and one came."""
    was, now = _by_family(gone), _by_family(come)
    return [
        (was[family][0], now[family][0])
        for family in was
        if len(was[family]) == len(now.get(family, ())) == 1
    ]


def _by_family(packages: Sequence[Dependency]) -> dict[int, list[Dependency]]:
    found: dict[int, list[Dependency]] = {}
    for package in packages:
        if (family := _FAMILY.get(package.name)) is not None:
            found.setdefault(family, []).append(package)
    return found
