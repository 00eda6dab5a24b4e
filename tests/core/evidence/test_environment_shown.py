"""Where a notebook shows the environment that it read, and where it only says so."""

import json
from typing import Any

import pytest

from bot.core.evidence.checklist import check_notebook
from bot.core.evidence.notebook import read_notebook
from bot.core.evidence.output import claims

NAME = "custom-tf-env"
READ_NAME = "import os\nos.environ['AZUREML_ENVIRONMENT_NAME']"
READ_VERSION = "os.environ['AZUREML_ENVIRONMENT_VERSION']"
BESIDE = """import os
WANTED = '1.5.1'
name, found = os.environ['N'], os.environ['V']
print(f'running {name} {found}, expected {WANTED}')"""
LAST = (
    f"envs = sorted(client.environments.list('{NAME}'), key=age)\n"
    "last = envs[-1]\nprint(last.name, last.version)"
)
SAID = "import subprocess\nprint(subprocess.check_output(['env']).decode())"
LISTED = f"for e in client.environments.list(name='{NAME}'):\n    print(e.name, e.version)"

READ = {
    "the name, then the version": [(READ_NAME, f"'{NAME}'"), (READ_VERSION, "'1.5.1'")],
    "the version in front": [
        ("import os\nprint(f\"{os.environ['V']} of {os.environ['N']}\")", f"1.5.1 of {NAME}")
    ],
    "beside the one that is expected": [(BESIDE, f"running {NAME} 1.5.1, expected 1.5.1")],
    "what a program says": [(SAID, f"{NAME}:1.5.1")],
    "the last of a list": [(LAST, f"{NAME} 1.5.1")],
    "a table": [
        (
            "import os, pandas as pd\npd.Series(dict(os.environ))",
            f"AZUREML_ENVIRONMENT_NAME       {NAME}\nAZUREML_ENVIRONMENT_VERSION            1.5.1",
        )
    ],
    "a list asked of Azure": [(LISTED, f"{NAME} 1.5.1")],
    "a file of the image as JSON": [
        (
            "import json\nenv = json.load(open('/env.json'))\nprint(json.dumps(env))",
            f'{{"name": "{NAME}", "version": "1.5.1"}}',
        )
    ],
}

NOT_READ = {
    "only the one that is expected": [
        (
            f"import os\nWANTED = '1.5.1'\nprint(f'{NAME} {{WANTED}}', os.getcwd())",
            f"{NAME} 1.5.1 /tmp",
        )
    ],
    "spelled in another form": [
        ("print(bytes.fromhex('637573746f6d').decode())", f"{NAME}:1.5.1"),
    ],
    "the last of a typed list": [
        (f"envs = ['{NAME}:1.5.1']\nlast = envs[-1]\nprint(last)", f"{NAME}:1.5.1")
    ],
    "spelled in signs": [
        ("print(''.join(map(chr, [99, 117, 115])))", f"{NAME}:1.5.1"),
    ],
    "both typed": [(f"'{NAME}'", f"'{NAME}'"), ("'1.5.1'", "'1.5.1'")],
    "the version typed": [(READ_NAME, f"'{NAME}'"), ("'1.5.1'", "'1.5.1'")],
    "the name typed": [(f"'{NAME}'", f"'{NAME}'"), (READ_VERSION, "'1.5.1'")],
    "another version in the next cell": [(READ_NAME, f"'{NAME}'"), (READ_VERSION, "'1.5.10'")],
    "the version two cells below": [
        (READ_NAME, f"'{NAME}'"),
        ("show()", "ready"),
        (READ_VERSION, "'1.5.1'"),
    ],
    "another version in front": [
        ("import os\nprint(f\"{os.environ['V']} of {os.environ['N']}\")", f"1.5.10 of {NAME}")
    ],
    "put together of pieces": [
        (
            f"env = dict(name='{NAME}', version='.'.join(['1', '5', '1']))\nprint(json.dumps(env))",
            f'{{"name": "{NAME}", "version": "1.5.1"}}',
        )
    ],
}


def environment(cells: list[tuple[str, str]]) -> bool:
    made = [
        {
            "cell_type": "code",
            "source": code,
            "metadata": {},
            "execution_count": count,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": shown}],
        }
        for count, (code, shown) in enumerate(cells, start=1)
    ]
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made}
    report = check_notebook(
        json.dumps(content).encode(), environment=NAME, version="1.5.1", candidate=None
    )
    return next(item.passed for item in report.items if item.id == "environment")


@pytest.mark.parametrize("cells", [pytest.param(c, id=name) for name, c in READ.items()])
def test_takes_an_environment_that_was_read(cells: list[tuple[str, str]]) -> None:
    assert environment(cells)


@pytest.mark.parametrize("cells", [pytest.param(c, id=name) for name, c in NOT_READ.items()])
def test_refuses_an_environment_that_was_not_read(cells: list[tuple[str, str]]) -> None:
    assert not environment(cells)


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        pytest.param(f"1.5.1 of {NAME}", ["1.5.1"], id="of"),
        pytest.param(f"v1.5.1 von {NAME}", ["1.5.1"], id="German"),
        pytest.param(f"11.5.1 of {NAME}", ["11.5.1"], id="longer"),
        pytest.param(f"1.5.1 of {NAME}-gpu", [], id="another name"),
        pytest.param(f"1.5.1 instead of {NAME}", [], id="another word"),
        pytest.param(f"2.13.0\n{NAME}:1.5.1", ["1.5.1"], id="the line above"),
    ],
)
def test_reads_the_version_in_front_of_the_name(text: str, versions: list[str]) -> None:
    assert [claim.version for claim in claims(text, NAME)] == versions


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(
            {
                "text/plain": "<IPython.core.display.Markdown object>",
                "text/markdown": "| 0.42 |",
            },
            "<IPython.core.display.Markdown object>\n| 0.42 |",
            id="Markdown",
        ),
        pytest.param(
            {
                "text/plain": "<pandas.io.formats.style.Styler at 0x7f3a9c1e>",
                "text/html": "<style>#a{top:9.9}</style><td>0.42</td><!-- 0.39 -->",
            },
            "<pandas.io.formats.style.Styler at 0x7f3a9c1e>\n   0.42  ",
            id="styled table",
        ),
        pytest.param(
            {"text/plain": "ready", "text/markdown": "| 0.42 |"},
            "ready",
            id="plain text goes first",
        ),
        pytest.param({"text/html": "<b>0.42</b>"}, "", id="nothing but HTML"),
        pytest.param(
            {
                "text/plain": "<IPython.core.display.HTML object>",
                "text/html": "<b>0.42</b>",
            },
            "<IPython.core.display.HTML object>",
            id="HTML of the notebook's own",
        ),
    ],
)
def test_reads_what_an_object_shows(data: dict[str, Any], text: str) -> None:
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell = {"cell_type": "code", "source": "x", "metadata": {}, "execution_count": 1}
    content = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [cell | {"outputs": [output]}],
    }

    assert read_notebook(json.dumps(content).encode()).cells[0].text == text
