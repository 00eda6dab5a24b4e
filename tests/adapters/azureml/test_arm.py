"""Lists of Resource Manager that go on at another address."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.rest import HttpRequest

from bot.adapters.azureml import AzureSettings
from bot.adapters.azureml.arm import ArmEndpoint, ArmReader
from bot.adapters.azureml.pacing import Pauses
from bot.errors import BotError

ARM = "https://management.azure.com"
PATH = "/subscriptions/s/x"


class NoCredential:
    """What a reader is given that asks nobody."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        raise AssertionError("nothing is asked of Azure here")


class TwoPages(ArmReader):
    """Has two pages by heart, the second of them at `link`; remembers what was asked for."""

    def __init__(self, link: str, settings: AzureSettings) -> None:
        super().__init__(ArmEndpoint(ARM, f"{ARM}/.default"), NoCredential(), settings, Pauses())
        self.asked: list[str] = []
        self._pages: Iterator[Mapping[str, Any]] = iter(
            [{"value": [{"name": "one"}], "nextLink": link}, {"value": [{"name": "two"}]}]
        )

    def _body(self, request: HttpRequest, what: str) -> Mapping[str, Any]:
        del what
        self.asked.append(request.url)
        return next(self._pages)


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(f"{ARM}{PATH}?$skiptoken=1", id="as asked"),
        pytest.param(f"{ARM}:443{PATH}?$skiptoken=1", id="with the port of https"),
        pytest.param(f"https://Management.Azure.com{PATH}?$skiptoken=1", id="in another case"),
    ],
)
def test_the_next_page_is_read_however_its_address_is_spelled(
    link: str, settings: AzureSettings
) -> None:
    reader = TwoPages(link, settings)

    found = list(reader.list(PATH, "v1", "listing the endpoints of production"))

    assert [item["name"] for item in found] == ["one", "two"]
    assert reader.asked[1] == link


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(f"{ARM}:8443{PATH}", id="another port"),
        pytest.param(f"https://evil.example{PATH}", id="another host"),
        pytest.param(f"http://management.azure.com{PATH}", id="in the clear"),
        pytest.param(f"https://user@management.azure.com{PATH}", id="a name before the host"),
        pytest.param(PATH, id="a path alone"),
    ],
)
def test_no_page_of_another_service_is_asked_for(link: str, settings: AzureSettings) -> None:
    reader = TwoPages(link, settings)

    with pytest.raises(BotError, match=r"listing the endpoints of production .* another host"):
        list(reader.list(PATH, "v1", "listing the endpoints of production"))

    assert len(reader.asked) == 1
