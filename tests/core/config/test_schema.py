from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.core.config.circuit_file import CircuitFile
from bot.core.config.config_file import convert
from bot.core.config.schema import NAMES, schema, schema_text
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_the_one_the_reader_follows(name: str, checkout: Path) -> None:
    assert (checkout / "docs" / "schema" / f"{name}.json").read_text() == schema_text(name)
    Draft202012Validator.check_schema(schema(name))


VALID = 'plant_id: "P001"\ncircuit_id: "C001"\ntraining: {environment_version: "1.5.0"}\n'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(VALID, id="valid"),
        pytest.param(VALID + "deployment:\nowner: me\n", id="empty section and other keys"),
        pytest.param(VALID + "deployment: {model_version: '5'}\n", id="model"),
        pytest.param(VALID + "deployment: {model_version: 5}\n", id="model number"),
        pytest.param(VALID + "deployment: {environment_version: ~}\n", id="null pin"),
        pytest.param(VALID.replace('"1.5.0"', "1.5"), id="float version"),
        pytest.param(VALID.replace("1.5.0", "1.5.0\\n"), id="hidden newline"),
        pytest.param(VALID.replace("P001", "P_1"), id="no id"),
        pytest.param(VALID.replace("training", "other"), id="no training"),
        pytest.param("[]", id="list"),
        pytest.param("", id="empty"),
    ],
)
def test_reader_and_schema_agree(text: str) -> None:
    document = read(text.encode(), "a.yml")
    try:
        convert(document, CircuitFile)
    except InvalidFileError:
        is_read = False
    else:
        is_read = True

    assert Draft202012Validator(schema("circuit")).is_valid(document.value) == is_read
