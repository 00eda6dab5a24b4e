"""A mirror of all container registries: what each reference means, as the script has it."""

import hashlib
from fnmatch import fnmatchcase

from bot.sandbox.azureml.exchange import Answer, Call

UNKNOWN = "unknown_images"
_JSON = "application/vnd.oci.image.index.v1+json"


def head_manifest(call: Call) -> Answer:
    """Return the digest of `PATH/manifests/TAG` in the registry that `ns` names.

    It is made from the reference itself; one that a pattern of `unknown_images` names is not there.
    """
    path, found, tag = call.captures["path"].rpartition("/manifests/")
    reference = f"{call.query.get('ns', '')}/{path}:{tag}"
    unknown = call.store.setting(UNKNOWN, [])
    if not found or any(fnmatchcase(reference, pattern) for pattern in unknown):
        return Answer(404, b"", media_type=_JSON)
    digest = f"sha256:{hashlib.sha256(reference.encode()).hexdigest()}"
    return Answer(200, b"", {"Docker-Content-Digest": digest}, _JSON)
