"""Write versions into the files that hold them."""

from collections.abc import Mapping
from typing import TypeAlias

from bot.core.refusal import Refusal
from bot.core.tree import File
from bot.core.versioning import parse_version
from bot.core.yaml.document import KeyPath
from bot.core.yaml.edit import insert_scalar, set_scalars
from bot.core.yaml.line_edit import insert_in_lines, set_in_lines
from bot.core.yaml.lines import Lines, read_lines
from bot.core.yaml.reader import read
from bot.errors import UserError

_Versions: TypeAlias = Mapping[tuple[str, str], str]


def check_version(text: str) -> None:
    """Refuse what is not a released version, such as 1.5.1.

    Raises:
        UserError: `VERSION_INVALID`.
    """
    try:
        parse_version(text)
    except ValueError as error:
        raise UserError(
            Refusal(
                code="VERSION_INVALID",
                headline=str(error),
                facts=(),
                resolver="whoever gave the command",
                next="Repeat the command with a version such as 1.5.1.",
            )
        ) from None


def move_versions(file: File, *, moved: _Versions, added: _Versions) -> bytes:
    """Return `file` with the versions `moved` where versions are, and `added` where none is.

    Raises:
        InvalidFileError: the file cannot be read or edited.
    """
    if (lines := read_lines(file.data)) and (edited := _move_in_lines(lines, moved, added)):
        return edited.data
    values: dict[KeyPath, str] = dict(moved.items())
    data = set_scalars(file.data, values, path=file.path)
    for key_path, version in added.items():
        data = insert_scalar(data, key_path, version, path=file.path)
    return data


def _move_in_lines(lines: Lines, moved: _Versions, added: _Versions) -> Lines | None:
    edited: Lines | None = lines
    for edit, versions in ((set_in_lines, moved), (insert_in_lines, added)):
        for (section, key), version in versions.items():
            edited = edit(edited, section, key, version) if edited else None
    return edited


def declare(
    file: File, *, version: str, backward_compatible: bool, requires_retrain: bool
) -> bytes:
    """Return environment.yml with this version and the two tags that say what it means.

    Raises:
        InvalidFileError: the file cannot be read or edited.
        UserError: `VERSION_INVALID`.
    """
    check_version(version)
    data = set_scalars(file.data, {("version",): version}, path=file.path)
    tags = (("backward_compatible", backward_compatible), ("requires_retrain", requires_retrain))
    for tag, holds in tags:
        data = _set_or_insert(data, ("tags", tag), str(holds).lower(), file.path)
    return data


def _set_or_insert(data: bytes, key_path: tuple[str, str], value: str, path: str) -> bytes:
    if key_path in read(data, path).nodes:
        return set_scalars(data, {key_path: value}, path=path)
    return insert_scalar(data, key_path, value, path=path)
