"""What restricted YAML leaves out, deep inside a circuit: place, reason and remedy of each."""

import pytest

from bot.core.config.circuit import read_circuit
from bot.core.problem import Problem
from bot.core.tree import REGULAR, SYMLINK, File
from bot.core.yaml.builder import MAX_DEPTH
from bot.core.yaml.reader import MAX_BYTES
from bot.errors import InvalidFileError

PATH = "config/plants/P001/C001.yml"
TEXT = """\
plant_id: "P001"
circuit_id: "C001"
training:
  environment_version: "1.5.0"
  hyperparameters:
    layers: {lstm: 64}
deployment:
  environment_version: "1.5.0"
"""
DEEP = "[" * (MAX_DEPTH - 2) + "]" * (MAX_DEPTH - 2)


def problem_of(data: bytes, mode: str = REGULAR) -> Problem:
    with pytest.raises(InvalidFileError) as caught:
        read_circuit(File(PATH, mode, "", data))
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("before", "after", "place", "what", "remedy"),
    [
        pytest.param(
            "    layers:", "    lr: 1\n    lr: 2\n    layers:", (7, 5),
            "`training.hyperparameters.lr` a second time, first in line 6", "Keep one of them.",
            id="duplicate key",
        ),
        pytest.param(
            "{lstm: 64}", "{lstm: 64, lstm: 32}", (6, 24),
            "`training.hyperparameters.layers.lstm` a second time, first in line 6",
            "Keep one of them.",
            id="duplicate key in a flow mapping",
        ),
        pytest.param(
            "{lstm: 64}", "&deep {lstm: 64}", (6, 13),
            "the anchor `&deep`", "Remove it, and write the value out where it is used.",
            id="anchor",
        ),
        pytest.param(
            "lstm: 64", "lstm: *size", (6, 20),
            "the alias `*size`", "Write the value out; aliases are not read.",
            id="alias",
        ),
        pytest.param(
            "    layers:", "    <<: {a: 1}\n    layers:", (6, 5),
            "the merge key `<<`", "Write the merged keys out.",
            id="merge",
        ),
        pytest.param(
            "lstm: 64", "lstm: !!int '64'", (6, 20),
            "the tag", "Remove the tag; quote the value if it is a text.",
            id="tag",
        ),
        pytest.param(
            "deployment:", "---\ndeployment:", (7, 1),
            "a second document", "Keep one document in a file.",
            id="second document",
        ),
        pytest.param(
            '  environment_version: "1.5.0"\n  hyper', "  environment_version: 1.50\n  hyper",
            (4, 24), "`training.environment_version` is `1.50`",
            'Write a version MAJOR.MINOR.PATCH in quotes, such as "1.5.0".',
            id="training version that reads as a number",
        ),
        pytest.param(
            'deployment:\n  environment_version: "1.5.0"',
            "deployment:\n  environment_version: 1.5", (8, 24),
            "`deployment.environment_version` is `1.5`",
            'Write a version MAJOR.MINOR.PATCH in quotes, such as "1.5.0".',
            id="production version that reads as a number",
        ),
        pytest.param(
            "{lstm: 64}", f"[{DEEP}]", (6, 13 + MAX_DEPTH - 3),
            f"nested deeper than {MAX_DEPTH} levels", "Make it flatter.",
            id="too deep",
        ),
        pytest.param(
            'circuit_id: "C001"', 'circuit_id: "C002"', (2, 13),
            "`circuit_id` is `C002`, but the path says `C001`",
            'Write "C001", or move the file.',
            id="another circuit than the path says",
        ),
    ],
)  # fmt: skip
def test_is_refused_where_it_stands_with_what_would_be_right(
    before: str, after: str, place: tuple[int, int], what: str, remedy: str
) -> None:
    assert before in TEXT

    problem = problem_of(TEXT.replace(before, after, 1).encode())

    assert (problem.line, problem.column) == place
    assert what in problem.what
    assert problem.remedy == remedy


def test_a_byte_that_is_no_utf_8_is_named_by_its_place() -> None:
    problem = problem_of(TEXT.encode().replace(b"lstm", b"lstm\xe9"))

    assert (problem.line, problem.column) == (6, 18)
    assert (problem.what, problem.remedy) == ("is not UTF-8", "Save the file as UTF-8.")


def test_a_file_that_is_too_big_is_not_read_at_all() -> None:
    problem = problem_of(TEXT.encode() + b"#" * MAX_BYTES)

    assert problem.place == PATH
    assert f"at most {MAX_BYTES} are read" in problem.what
    assert problem.remedy == "Make the file smaller."


def test_a_link_is_refused_whatever_it_points_at() -> None:
    problem = problem_of(b"C002.yml", SYMLINK)

    assert problem.place == PATH
    assert problem.what == "is a symbolic link"
    assert problem.remedy == "Replace it with the file itself."
