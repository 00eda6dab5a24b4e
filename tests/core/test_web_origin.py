import pytest

from bot.core.web_origin import is_same_origin, without_default_port

ARM = "https://management.azure.com/subscriptions/s/x?api-version=1"


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://management.azure.com/subscriptions/s/x?$skip=2", id="as asked"),
        pytest.param("https://management.azure.com:443/x", id="the scheme's own port"),
        pytest.param("https://Management.Azure.COM/x", id="another case"),
        pytest.param("HTTPS://management.azure.com:443/x", id="the scheme in capitals"),
        pytest.param("https://management.azure.com:/x", id="a colon alone"),
    ],
)
def test_a_link_to_the_same_service_is_known_however_it_is_spelled(link: str) -> None:
    assert is_same_origin(link, ARM)


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://management.azure.com:444/x", id="another port"),
        pytest.param("https://management.azure.com:80/x", id="the port of another scheme"),
        pytest.param("https://management.azure.com:0/x", id="port zero"),
        pytest.param("https://management.azure.com:x/x", id="a port that is no number"),
        pytest.param("https://management.azure.com:99999/x", id="a port that cannot be"),
        pytest.param("http://management.azure.com/x", id="in the clear"),
        pytest.param("http://management.azure.com:443/x", id="in the clear, on that port"),
        pytest.param("https://management.azure.com.evil.example/x", id="a longer name"),
        pytest.param("https://evil.example/management.azure.com", id="another host"),
        pytest.param("https://management.azure.com@evil.example/x", id="a name before a host"),
        pytest.param("https://user@management.azure.com/x", id="a name before the host"),
        pytest.param("https://u:p@management.azure.com:443/x", id="a password before the host"),
        pytest.param("https://@management.azure.com/x", id="an empty name before the host"),
        pytest.param("https://[management.azure.com/x", id="a bracket that does not close"),
        pytest.param("//management.azure.com/x", id="no scheme"),
        pytest.param("/subscriptions/s/x", id="a path alone"),
        pytest.param("https:///x", id="no host"),
        pytest.param("", id="nothing"),
    ],
)
def test_any_other_address_is_another_service(link: str) -> None:
    assert not is_same_origin(link, ARM)


def test_two_addresses_without_an_origin_are_not_the_same() -> None:
    assert not is_same_origin("/x", "/x")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.github.com:443/repos/a/b?page=2", "https://api.github.com/repos/a/b?page=2"),
        ("http://ghe.example:80/api/v3", "http://ghe.example/api/v3"),
        ("https://[::1]:443/api", "https://[::1]/api"),
        ("https://api.github.com/repos", "https://api.github.com/repos"),
        ("https://ghe.example:8443/api/v3", "https://ghe.example:8443/api/v3"),
        ("http://ghe.example:443/api/v3", "http://ghe.example:443/api/v3"),
        ("https://u@ghe.example:443/api", "https://u@ghe.example:443/api"),
        ("/repos/a/b", "/repos/a/b"),
    ],
)
def test_only_the_port_of_the_scheme_itself_is_left_out(url: str, expected: str) -> None:
    assert without_default_port(url) == expected
