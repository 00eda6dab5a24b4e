"""What the outputs of an evidence notebook say: which environment, and which predictions."""

import re
from dataclasses import dataclass

_COLOUR = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_VERSION = r"v?(?P<version>[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}[\w.+~!-]{0,60})"
_BETWEEN = (
    r"[\s\"'`:=@/,;|()]{0,20}(?:(?i:environment_|env_)?(?i:versions?)[\s\"'`:=@/,;|()]{1,20})?"
)
_IN_FRONT = r"[\s\"'`)]{1,5}(?:of|for|in|from|von|de|@)[\s\"'`(:]{1,5}"
_VERSION_LINE = re.compile(
    rf"^\W{{0,10}}(?i:(?:[a-z]{{1,20}}_){{0,3}}(?:environment|env))?[\s_-]{{0,3}}(?i:version)[\s\"':=]{{1,40}}{_VERSION}",
    re.MULTILINE,
)
_NUMBER = re.compile(r"(?<![\w.])[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LABELS = re.compile(r"\[\s*['\"][^'\"]+['\"]")
_NOT_A_NUMBER = re.compile(
    r"(?<![A-Za-z])(?:nan|nat|<na>|[+-]?inf(?:inity)?)(?![A-Za-z])", re.IGNORECASE
)
_NONE_OF_THEM = re.compile(
    r"(?i:\b(?:no|without|any|contains|has|num|number of|count of)\s+nans?\b|\bis_?nan\b)"
    r"|(?i:\bnans?\b[\w'\" \t]{0,20}[:=][ \t]{0,5}(?:0\b(?!\.[0-9])|false\b|none\b|no\b))"
)
_LIST = re.compile(r"\[[0-9eE+.,\s-]{1,4000}\]")
_NEXT_ROW = re.compile(r"\][\s,]{1,50}\[")
_OBJECT = re.compile(r"<(?!tf\.)[A-Za-z][^<>\n]{0,300}>|\bText\([^()\n]{0,200}\)")
_FEW = 4  # the same value for three rows says nothing
_EMPTY = re.compile(
    r"Empty DataFrame|(?:Series|array|tensor)\(\[\]|\(0,[ \t]{0,5}[0-9]{0,9}\)"
    r"|(?i:\b0 (?:rows|predictions)\b(?![ \t]{1,3}(?:failed|missing|dropped|skipped|with|differ)))"
    r"|\[--(?:,?\s{1,9}--){0,999}\]"  # all of them masked
    r"|(?i:predictions?)[^\n]{0,20}[:=][ \t]{0,5}(?:None\b|\[\s*\])"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One place in an output that names the environment with a version."""

    version: str


def claims(text: str, environment: str) -> tuple[Claim, ...]:
    """Return every version that `text` gives for the environment of this name.

    The version must follow the name, as in `name:1.5.1`, `name/versions/1.5.1` or
    `name: …, version: …`, stand before it, as in `1.5.1 of name`, or on a line
    `version: 1.5.1` of a text with the name.
    """
    plain = without_colours(text)
    seen = _versions(_UNSEEN.sub("", plain), environment)
    # Signs that nobody sees neither end a version (1.5.1, then one, then 0 is read as 1.5.10)
    # nor stand in one: an environment that is called so is another one.
    if seen != _versions(plain, environment):
        seen = ["with signs that nobody sees"]
    return tuple(Claim(version.rstrip(".+-")) for version in seen)


def _versions(plain: str, environment: str) -> list[str]:
    name = rf"(?<![\w.-]){re.escape(environment)}(?![\w.-])"
    behind = re.compile(f"{name}{_BETWEEN}{_VERSION}")
    found = [match["version"] for match in behind.finditer(plain)]
    if re.search(name, plain):
        in_front = re.compile(rf"(?<![\w.+-]){_VERSION}{_IN_FRONT}{name}")
        found += [match["version"] for match in in_front.finditer(plain)]
        found += [match["version"] for match in _VERSION_LINE.finditer(plain)]
    return found


def names_version(text: str, environment: str) -> bool:
    """Tell whether a text gives the environment a version, or begins to: `name:1.`."""
    return bool(re.search(rf"{re.escape(environment)}{_BETWEEN}v?[0-9]{{1,9}}\.", text))


def without_colours(text: str) -> str:
    """Return a text without the codes that colour it in a terminal."""
    return _COLOUR.sub("", text)


def flaw_of_predictions(text: str) -> str:
    """Return what is wrong with shown predictions, as the end of a sentence; empty if nothing."""
    plain = without_colours(text)
    if not plain.strip():
        return ""
    if _EMPTY.search(plain) or plain.strip() in {"[]", "None", "{}"}:
        return "shows that the predictions are empty"
    # "no NaN" and "NaN: 0" speak well of the predictions.
    if _NOT_A_NUMBER.search(_NONE_OF_THEM.sub("", plain)):
        return "shows predictions that are not numbers (NaN or infinite)"
    return ""


def lack_of_predictions(text: str) -> str:
    """Return why no prediction is to be seen, as the end of a sentence; empty if one is.

    Another cell may show them: this one may only compare or count them.
    """
    plain = without_colours(text)
    if not plain.strip():
        return "shows predictions but has no output"
    plain = _OBJECT.sub("", plain)
    if not _NUMBER.search(plain) and not _LABELS.search(plain):
        return "shows nothing that looks like a prediction"
    if any(map(_is_constant, _LIST.findall(_NEXT_ROW.sub(" ", plain)))):
        return "shows predictions that are all the same"
    return ""


def _is_constant(values: str) -> bool:
    """Tell whether a list holds one decimal fraction again and again; classes may well do so."""
    numbers = _NUMBER.findall(values)
    return len(numbers) >= _FEW and len(set(numbers)) == 1 and "." in numbers[0]
