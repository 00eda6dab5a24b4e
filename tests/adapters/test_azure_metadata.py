import socket

import pytest

from bot.adapters.azure_metadata import require_metadata
from bot.errors import BotError


def test_the_public_cloud_needs_no_page() -> None:
    require_metadata({})


def test_a_page_that_does_not_answer_is_one_sentence_before_the_sdk_is_loaded() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    page = f"https://127.0.0.1:{port}/metadata/endpoints?api-version=2019-05-01"

    with pytest.raises(BotError, match=r"^Azure: https://127\S+/metadata/endpoints cannot be") as e:
        require_metadata({"ARM_CLOUD_METADATA_URL": page})

    assert "\n" not in str(e.value)
