"""What a deployment is made of that is not there yet, beside what its circuit's config asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot.core.canonical import digest
from bot.core.config.template import PATH, DeploymentTemplate, read_template
from bot.core.problem import Problem
from bot.core.tree import EXECUTABLE, REGULAR, Tree, subtree
from bot.errors import InvalidFileError


@dataclass(frozen=True, slots=True)
class Blueprint:
    """config/deployment-template.yml and the driver that it names, as one commit has them.

    Attributes:
        driver: the files of the driver's folder, by their paths in it; regular files only.
        digest: sha256 over all of it, 64 hex digits.
    """

    template: DeploymentTemplate
    driver: Mapping[str, bytes]
    digest: str

    @property
    def paths(self) -> tuple[str, str]:
        """Return where in the repository it is written."""
        return PATH, self.template.code_configuration.code


@dataclass(frozen=True, slots=True)
class NewDeployment:
    """One deployment to be made."""

    endpoint: str
    deployment: str
    environment_id: str
    model_id: str
    tags: Mapping[str, str]
    blueprint: Blueprint


def template_of(tree: Tree) -> DeploymentTemplate | None:
    """Return the template of a commit; None where it has none.

    Raises:
        InvalidFileError: with every problem of it.
    """
    return read_template(tree[PATH].data) if PATH in tree else None


def read_blueprint(template: DeploymentTemplate, tree: Tree) -> Blueprint:
    """Return what `template` and its driver, which lies in `tree`, make together.

    Raises:
        InvalidFileError: the driver is not there, or holds something that is no regular file.
    """
    folder = template.code_configuration.code
    files = subtree(tree, folder)
    if problems := tuple(_problems(template, files)):
        raise InvalidFileError(problems)
    blobs = sorted([path, file.mode, file.oid] for path, file in files.items())
    return Blueprint(
        template=template,
        driver={path.removeprefix(f"{folder}/"): file.data for path, file in files.items()},
        digest=digest([msgspec.to_builtins(template), blobs]),
    )


def _problems(template: DeploymentTemplate, files: Tree) -> list[Problem]:
    script = "/".join(msgspec.structs.astuple(template.code_configuration))
    found = [
        Problem(path, 0, 0, "is not a regular file", "Replace it with the file itself.")
        for path, file in sorted(files.items())
        if file.mode not in {REGULAR, EXECUTABLE}
    ]
    if script not in files:
        what = f"names `{script}`, which does not exist"
        found.append(Problem(PATH, 0, 0, what, "Correct `code_configuration`, or add the file."))
    return found
