"""How far one version of a package is from another (PEP 440)."""

from packaging.version import Version

from bot.core.change import Kind


def step(before: Version, after: Version) -> Kind | None:
    """Return what happened between two versions; None if they are equal.

    A third or later number counts as patch, and so does a post-release. Below 1.0 a minor number,
    and below 0.1 any number, promises nothing.
    """
    if before == after:
        return None
    if before.is_prerelease or after.is_prerelease:
        return Kind.PACKAGE_PRERELEASE_CHANGED
    if before.public == after.public:
        return Kind.PACKAGE_VARIANT_CHANGED  # only the local part differs: `+cpu`, `+cu118`
    if after < before:
        return Kind.PACKAGE_LOWERED
    return _raised(before, after)


def _raised(before: Version, after: Version) -> Kind:
    if (before.epoch, before.major) != (after.epoch, after.major):
        return Kind.PACKAGE_RAISED_MAJOR
    minor_raised = before.minor != after.minor
    if after.major == 0 and (minor_raised or after.minor == 0):
        return Kind.PACKAGE_RAISED_BELOW_ONE
    return Kind.PACKAGE_RAISED_MINOR if minor_raised else Kind.PACKAGE_RAISED_PATCH
