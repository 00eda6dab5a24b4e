"""One difference between two commits of an environment, as a fact without judgement."""

from enum import StrEnum, auto
from typing import NamedTuple


class Kind(StrEnum):
    """What happened. Rules tell kinds apart, so each names something a rule can judge."""

    # packages, in a conda or a requirements file
    PACKAGE_RAISED_MAJOR = auto()
    PACKAGE_RAISED_MINOR = auto()
    PACKAGE_RAISED_PATCH = auto()
    PACKAGE_RAISED_BELOW_ONE = auto()
    PACKAGE_LOWERED = auto()
    PACKAGE_REMOVED = auto()
    PACKAGE_ADDED_PINNED = auto()
    PACKAGE_ADDED_UNPINNED = auto()
    PACKAGE_UNPINNED = auto()
    PACKAGE_PINNED = auto()
    PACKAGE_RANGE_CHANGED = auto()
    PACKAGE_PRERELEASE_CHANGED = auto()
    PACKAGE_VARIANT_CHANGED = auto()
    PACKAGE_SOURCE_CHANGED = auto()
    PACKAGE_INSTALLER_CHANGED = auto()
    PACKAGE_RENAMED = auto()
    PACKAGE_LOOSENED = auto()
    PACKAGE_TIGHTENED = auto()
    SYSTEM_PACKAGE_CHANGED = auto()
    UNINSTALLED_PACKAGE_CHANGED = auto()
    SERVING_PACKAGE_MISSING = auto()
    SERVING_PACKAGE_REMOVED = auto()
    PACKAGES_REORDERED_PINNED = auto()
    PACKAGES_REORDERED_UNPINNED = auto()
    CHANNELS_CHANGED = auto()
    PIP_OPTION_CHANGED = auto()
    CONDA_NAME_CHANGED = auto()
    CONDA_SETTING_CHANGED = auto()

    # base image and Dockerfile
    IMAGE_CHANGED = auto()
    IMAGE_REGISTRY_CHANGED = auto()
    IMAGE_TAG_CHANGED = auto()
    IMAGE_DIGEST_ADDED = auto()
    IMAGE_DIGEST_CHANGED = auto()
    IMAGE_DIGEST_REMOVED = auto()
    INSTRUCTION_CHANGED = auto()
    IMAGE_LABEL_CHANGED = auto()
    IMAGE_DECLARATION_CHANGED = auto()
    IMAGE_UNTAGGED = auto()
    OS_CHANGED = auto()
    CUDA_CHANGED = auto()
    MPI_CHANGED = auto()
    BUILD_ARGUMENT_CHANGED = auto()
    BUILD_ARGUMENT_UNUSED = auto()
    COPY_CHANGED = auto()
    ENTRY_POINT_CHANGED = auto()
    ENVIRONMENT_VARIABLE_CHANGED = auto()
    INSTALL_HOUSEKEEPING_CHANGED = auto()
    RUN_CHANGED = auto()
    SHELL_CHANGED = auto()
    USER_CHANGED = auto()
    WORKING_DIRECTORY_CHANGED = auto()

    # environment.yml
    DESCRIPTION_CHANGED = auto()
    SPEC_REFORMATTED = auto()
    ENVIRONMENT_RENAMED = auto()
    IMAGE_SOURCE_SWITCHED = auto()
    SETTING_CHANGED = auto()
    SOURCE_NOT_SHIPPED = auto()

    # Python sources
    SOURCE_REFORMATTED = auto()
    STATEMENTS_REWRITTEN = auto()
    UNUSED_IMPORT_CHANGED = auto()
    LOGGING_CHANGED = auto()
    ANNOTATION_CHANGED = auto()
    LOCAL_RENAMED = auto()
    PRIVATE_RENAMED = auto()
    LITERAL_NAMED = auto()
    DEFINITION_MOVED = auto()
    UNUSED_CODE_CHANGED = auto()
    FUNCTION_ADDED = auto()
    CLASS_ADDED = auto()
    METHOD_ADDED = auto()
    CONSTANT_ADDED = auto()
    PARAMETER_ADDED = auto()
    MODULE_ADDED = auto()
    FUNCTION_REMOVED = auto()
    FUNCTION_CHANGED = auto()
    SIGNATURE_CHANGED = auto()
    CLASS_CHANGED = auto()
    CONSTANT_CHANGED = auto()
    IMPORT_CHANGED = auto()
    STATEMENT_CHANGED = auto()
    ASYNC_CHANGED = auto()
    CLASS_BASES_CHANGED = auto()
    DECORATOR_CHANGED = auto()
    DEFAULT_CHANGED = auto()
    EXCEPTION_HANDLING_CHANGED = auto()
    FUNCTION_RENAMED = auto()
    IDENTIFIER_LOOKS_ALIKE = auto()
    IMPORT_REMOVED = auto()
    IMPORT_RENAMED = auto()
    IMPORT_SWAPPED = auto()
    ODD_ENCODING = auto()
    PARAMETER_REMOVED = auto()
    PARAMETER_RENAMED = auto()
    RETURN_KEYS_CHANGED = auto()
    SOURCE_HIDES_CHARACTERS = auto()

    # schemas of data, and contracts of components
    SCHEMA_DOCUMENTATION_CHANGED = auto()
    SCHEMA_INPUT_PROPERTY_ADDED = auto()
    SCHEMA_INPUT_PROPERTY_REQUIRED = auto()
    SCHEMA_INPUT_WIDENED = auto()
    SCHEMA_INPUT_NARROWED = auto()
    SCHEMA_INPUT_ENUM_EXTENDED = auto()
    SCHEMA_INPUT_ENUM_REDUCED = auto()
    SCHEMA_OUTPUT_PROPERTY_ADDED = auto()
    SCHEMA_OUTPUT_WIDENED = auto()
    SCHEMA_OUTPUT_NARROWED = auto()
    SCHEMA_OUTPUT_ENUM_EXTENDED = auto()
    SCHEMA_PROPERTY_REMOVED = auto()
    SCHEMA_TYPE_CHANGED = auto()
    SCHEMA_DEFAULT_CHANGED = auto()
    SCHEMA_STEP_RAISED = auto()
    SCHEMA_COMPONENT_CHANGED = auto()
    SCHEMA_CHANGED = auto()

    # circuits' configs
    CIRCUIT_CUTOFF_DATE_CHANGED = auto()
    CIRCUIT_HYPERPARAMETERS_CHANGED = auto()
    CIRCUIT_TRAINING_CHANGED = auto()

    # any file
    ENVIRONMENT_INTRODUCED = auto()
    COMMENTS_CHANGED = auto()
    DOCUMENTATION_CHANGED = auto()
    DATA_CHANGED = auto()
    FILE_ADDED = auto()
    FILE_REMOVED = auto()
    FILE_CHANGED = auto()
    FILE_MOVED = auto()
    MODE_CHANGED = auto()
    UNREADABLE = auto()


class Change(NamedTuple):
    """One difference.

    Attributes:
        subject: what differs: a package, a function, a setting; for a file as a whole its path.
        before: how it was, in a few words; None if there was nothing.
        after: how it is; None if there is nothing.
        path: the file, as a path in the repository.
        line: where it shows in the head's file, from 1; of a removal, where it stood in the base's.
    """

    kind: Kind
    subject: str
    before: str | None
    after: str | None
    path: str
    line: int

    @property
    def order(self) -> tuple[str, int, str, str, str, str]:
        """Return the key that sorts changes by place."""
        return (
            self.path,
            self.line,
            self.subject,
            self.kind,
            self.before or "",
            self.after or "",
        )
