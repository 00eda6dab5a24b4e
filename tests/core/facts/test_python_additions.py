"""Code that is new, that nothing which was there before can notice, and near-misses."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

Called = Callable[..., tuple[str, set[str]]]
MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
KEPT = "def g(a):\n    return a\n\n\n"
HEAD = "import tensorflow as tf\nN = 1\n"


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        pytest.param("X = 1\n", "constant_added", id="a number"),
        pytest.param("X = -1.5\n", "constant_added", id="a negative number"),
        pytest.param("X = 60 * 60 * 24\n", "constant_added", id="a product"),
        pytest.param("X = {'a': [1, (2, 3)], 'b': {1, 2}}\n", "constant_added", id="collections"),
        pytest.param("X: int = 1\n", "constant_added", id="with an annotation"),
        pytest.param("class A:\n    pass\n", "class_added", id="a class"),
        pytest.param("class A(ValueError):\n    pass\n", "class_added", id="an error"),
        pytest.param(
            "from enum import Enum\n\n\nclass A(Enum):\n    X = 1\n    Y = 'b'\n",
            "class_added",
            id="an enum",
        ),
        pytest.param(
            "class A(tf.keras.layers.Layer):\n    def call(self, x):\n        return x\n",
            "class_added",
            id="a layer",
        ),
        pytest.param("def f(a, b=N):\n    return a\n", "function_added", id="a known default"),
        pytest.param(
            "class A:\n    n = 1\n    @property\n    def x(self):\n        return load(self)\n",
            "class_added",
            id="a class with a property",
        ),
        pytest.param(
            "from dataclasses import dataclass\n\n\n"
            "@dataclass(frozen=True)\nclass A:\n    x: int\n    y: float = 0.5\n",
            "class_added",
            id="a data class",
        ),
    ],
)
def test_a_definition_that_nothing_can_notice_is_minor(new: str, rule: str, called: Called) -> None:
    assert called(HEAD + KEPT, HEAD + new + KEPT) == ("minor", {rule})


@pytest.mark.parametrize(
    "new",
    [
        pytest.param("X = load()\n", id="a computed constant"),
        pytest.param("X = 1 / 0\n", id="a division"),
        pytest.param("X = 'a' + 1\n", id="a sum that fails"),
        pytest.param("X = {[]: 1}\n", id="a key that has no hash"),
        pytest.param("X = {**g}\n", id="an unpacked mapping"),
        pytest.param("X = g\n", id="another name for a function"),
        pytest.param("X = 1\nX = 2\n", id="bound twice"),
        pytest.param("X, Y = 1\n", id="unpacked"),
        pytest.param("len = 1\n", id="a builtin"),
        pytest.param("__version__ = '1'\n", id="a special name"),
        pytest.param("run = 1\n", id="a hook"),
        *(
            pytest.param(f"def {name}(a):\n    return a\n", id=f"a hook: {name}")
            for name in ("predict", "preprocess", "postprocess", "load_model", "load_context")
        ),
        pytest.param("class TritonPythonModel:\n    pass\n", id="a class that a server loads"),
        pytest.param("class A(Base):\n    pass\n", id="an unknown base"),
        pytest.param("def f(a, b=M):\n    return a\n", id="an unknown default"),
        pytest.param("def f(a, b=g(1)):\n    return a\n", id="a computed default"),
        pytest.param(
            "from enum import Enum\nclass A(Enum):\n    X = 1\n    X = 2\n", id="an enum that fails"
        ),
        pytest.param(
            "from enum import Enum\nclass A(Enum):\n    mro = 1\n", id="an enum of a bad name"
        ),
        pytest.param(
            "class A(tf.keras.layers.Layer):\n    pass\nimport tensorflow as tf\n", id="too early"
        ),
        pytest.param("class A(metaclass=M):\n    pass\n", id="a metaclass"),
        pytest.param("@keep\nclass A:\n    pass\n", id="a decorator"),
        pytest.param("class A:\n    x = load()\n", id="a class that computes"),
        pytest.param("class A:\n    scan(1)\n", id="a class that acts"),
        pytest.param("class A:\n    __slots__ = 1\n", id="a special attribute"),
        pytest.param("class A(ExceptionGroup):\n    pass\n", id="an error that is not everywhere"),
        pytest.param("@dataclass\nclass A:\n    x: int\n", id="a decorator without import"),
        pytest.param(
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n    y: int\n",
            id="fields in an order that fails",
        ),
        pytest.param(
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: list = []\n",
            id="a field with a default that fails",
        ),
        pytest.param(
            "@dataclass\nclass A:\n    x: int\nfrom dataclasses import dataclass\n",
            id="a decorator before its import",
        ),
    ],
)
def test_a_definition_that_may_act_or_fail_is_breaking(new: str, called: Called) -> None:
    assert called(KEPT, new + KEPT)[0] == "major"


@pytest.mark.parametrize(
    ("before", "new"),
    [
        pytest.param("x = getattr(g, 'y', X) if 0 else 1\n", "X = 1\n", id="a name that was read"),
        pytest.param("class A:\n    pass\n", "class A:\n    y = 1\n", id="defined before"),
        pytest.param("x = vars()\n", "X = 1\n", id="names are read"),
    ],
)
def test_a_definition_that_something_may_notice_is_breaking(
    before: str, new: str, called: Called
) -> None:
    assert called(KEPT + before, KEPT + before + new)[0] == "major"


CLASS = "{head}class A{bases}:\n    def f(self):\n        return self.x\n"
METHOD = "\n    def described(self):\n        return 1\n"


@pytest.mark.parametrize(
    ("head", "method"),
    [
        pytest.param("", METHOD, id="a method"),
        pytest.param("", METHOD.replace("def", "@property\n    def"), id="a property"),
        pytest.param(
            "from dataclasses import dataclass\n\n\n@dataclass\n", METHOD, id="data class"
        ),
    ],
)
def test_a_new_method_of_a_class_without_base_is_minor(
    head: str, method: str, called: Called
) -> None:
    before = CLASS.format(head=head, bases="")

    assert called(before, before + method) == ("minor", {"method_added"})


@pytest.mark.parametrize(
    ("head", "bases", "method"),
    [
        pytest.param("", "(Base)", METHOD, id="a base may look for it"),
        pytest.param("", "(metaclass=M)", METHOD, id="a metaclass"),
        pytest.param("@keep\n", "", METHOD, id="a decorator"),
        pytest.param("", "", METHOD.replace("described", "__len__"), id="Python looks for it"),
        pytest.param("", "", METHOD.replace("described", "predict"), id="a library looks for it"),
        pytest.param("", "", METHOD.replace("described", "preprocess"), id="a host looks for it"),
        pytest.param("", "", METHOD.replace("described", "x"), id="the name of an attribute"),
        pytest.param("", "", METHOD.replace("described", "f"), id="a method that was there"),
        pytest.param("y = hasattr(1, 'described')\n", "", METHOD, id="a text that asks for it"),
        pytest.param("", "", METHOD.replace("def", "@keep\n    def"), id="decorated"),
        pytest.param("", "", METHOD.replace("(self)", "(self, a=load())"), id="a default"),
    ],
)
def test_a_new_method_that_something_may_look_for_is_breaking(
    head: str, bases: str, method: str, called: Called
) -> None:
    before = CLASS.format(head=head, bases=bases)

    assert called(before, before + method)[0] == "major"


def test_a_new_method_of_a_class_that_is_a_base_is_breaking(called: Called) -> None:
    before = CLASS.format(head="", bases="")
    derived = "class B(A, Other):\n    pass\n"

    assert called(before + derived, before + METHOD + derived)[0] == "major"


SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'


@pytest.fixture
def added(make_tree: MakeTree) -> Callable[..., str]:
    """Return what gives the version that a new file needs beside the given ones."""

    def add(path: str, others: Mapping[str, str], text: str = "X = 1\n") -> str:
        shared = {"environment.yml": SPEC, "Dockerfile": "FROM a:1\nCOPY . /opt\n", **others}
        files = {f"environment/{name}": data for name, data in shared.items()}
        after = files | {f"environment/{path}": text}
        return str(classify(make_tree(files), make_tree(after), NoAdditions()).required_bump)

    return add


@pytest.mark.parametrize(
    "path",
    ["src/sensor_quality.py", "src/quality/__init__.py", "src/quality/gaps.py"],
)
def test_a_new_module_that_nothing_imports_is_minor(path: str, added: Callable[..., str]) -> None:
    assert added(path, {"src/score.py": "import numpy\n"}) == "minor"


@pytest.mark.parametrize(
    ("path", "others"),
    [
        pytest.param("src/json.py", {}, id="a standard module"),
        pytest.param("src/queue.py", {}, id="one that others need"),
        pytest.param("src/yaml.py", {}, id="a package"),
        pytest.param("src/json/tool.py", {}, id="a folder like a standard module"),
        pytest.param("src/sitecustomize.py", {}, id="one that Python looks for"),
        pytest.param("src/score.py", {}, id="the entry script"),
        pytest.param("src/gaps.py", {"lib/gaps.py": "x = 1\n"}, id="the name of another file"),
        pytest.param("src/__init__.py", {"src/score.py": "x = 1\n"}, id="makes a package"),
        pytest.param("src/gaps.py", {"src/a.py": "import gaps\n"}, id="imported"),
        pytest.param(
            "src/gaps.py",
            {"src/a.py": "try:\n    from . import gaps\nexcept ImportError:\n    gaps = None\n"},
            id="imported if it is there",
        ),
        pytest.param("src/gaps.py", {"src/a.py": "x = 'gaps'\n"}, id="in a text"),
        pytest.param(
            "src/gaps.py",
            {"src/a.py": "import importlib\nimportlib.import_module(x)\n"},
            id="found",
        ),
        pytest.param("src/gaps.py", {"src/a.py": "from lib import *\n"}, id="unknown names"),
        pytest.param("src/gaps.py", {"run.sh": "python -m gaps\n"}, id="run"),
        pytest.param("src/gaps.py", {"requirements.txt": "gaps==1.0\n"}, id="a required package"),
        pytest.param("src/gaps.py", {"src/a.py": "x = 1 +\n"}, id="beside what cannot be read"),
        pytest.param("src/my-gaps.py", {}, id="no name"),
    ],
)
def test_a_new_module_that_something_may_notice_is_breaking(
    path: str, others: dict[str, str], added: Callable[..., str]
) -> None:
    assert added(path, others) == "major"


def test_a_new_module_that_cannot_be_read_is_breaking(added: Callable[..., str]) -> None:
    assert added("src/sensor_quality.py", {}, "x = 1 +\n") == "major"


@pytest.mark.parametrize(
    ("other", "bump"),
    [
        pytest.param("import os\nfor f in os.listdir('.'):\n    exec(f)\n", "major", id="run"),
        pytest.param("from glob import glob\nimport subprocess\n", "major", id="may be run"),
        pytest.param("import os\nos.listdir('data')\n", "minor", id="only listed"),
    ],
)
def test_a_new_module_is_noticed_where_code_runs_what_it_lists(
    other: str, bump: str, added: Callable[..., str]
) -> None:
    assert added("src/sensor_quality.py", {"src/score.py": other}) == bump


def test_a_new_module_is_noticed_by_a_script_that_runs_all(added: Callable[..., str]) -> None:
    others = {"run.sh": "for file in src/*.py; do python $file; done\n"}

    assert added("src/sensor_quality.py", others) == "major"
