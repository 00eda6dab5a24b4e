"""Blob storage: what the storage client sends when the SDK uploads and downloads files."""

import time
from email.utils import formatdate
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Handler
from bot.sandbox.azureml.identity import Directory, bearer
from bot.sandbox.azureml.ids import split_scope
from bot.sandbox.azureml.roles import Right, require
from bot.sandbox.azureml.store import Blob
from bot.sandbox.azureml.workspaces import SAS, container_setting

# The SDK appends `.blob.<suffix>` to the account name it is given (see workspaces.get_datastore),
# and leaves it out again in the address of a build context.
_ACCOUNT = "/sandboxstore/"
ROOT = f"{_ACCOUNT}.blob.core.windows.net"
_XML = "application/xml"
_META = "x-ms-meta-"
_AUDIENCES = frozenset({"https://storage.azure.com", "https://storage.azure.com/"})


def container_url(base_url: str, container: str) -> str:
    """Return the address of a container."""
    return f"{base_url}{ROOT}/{container}"


def blob_path(url: str) -> str:
    """Return the `container/name` that the address of a blob or folder stands for."""
    path = unquote(urlsplit(url).path)
    return path.removeprefix(f"{ROOT}/").removeprefix(_ACCOUNT)


def storage(directory: Directory) -> Handler:
    """Return what answers blob and container requests.

    They carry the shared access signature, or the token of somebody who may read (write) the
    workspace: the stand-in for Storage Blob Data Reader (Contributor) on its account, which the
    SDK falls back on where it may not list the datastore's secrets.
    """

    def answer(call: Call) -> Answer:
        if call.query.get("sig") != call.store.setting(SAS):
            refused = _refusal_of_bearer(directory, call)
            if refused:
                return refused
        return serve(call)

    return answer


def _refusal_of_bearer(directory: Directory, call: Call) -> Answer | None:
    container = call.captures["path"].strip("/").split("/")[0]
    scope, _ = split_scope(call.store.setting(container_setting(container), "")) or (None, [])
    right = Right.READ if call.method in ("GET", "HEAD") else Right.WRITE
    try:
        client = directory.client_of(bearer(call.headers), _AUDIENCES)
        if scope is None:
            return _failure(403, "AuthorizationFailure", "No workspace has this container.")
        require(call.store, client, right, scope)
    except CloudError as error:
        return _failure(403, "AuthorizationPermissionMismatch", str(error))
    return None


def serve(call: Call) -> Answer:
    """Answer a blob or container request that was let in."""
    path = call.captures["path"]
    if "/" not in path.strip("/"):
        return _serve_container(call, path.strip("/"))
    method = _BLOB_METHODS.get((call.method, call.query.get("comp", "")))
    if method is None:
        return _failure(501, "NotImplemented", f"{call.method} comp={call.query.get('comp')}")
    return method(call, path)


def _failure(status: int, code: str, message: str) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return Answer(status, body.encode(), {"x-ms-error-code": code}, _XML)


def _not_found() -> Answer:
    return _failure(404, "BlobNotFound", "The specified blob does not exist.")


def _metadata(call: Call) -> dict[str, str]:
    return {
        name.removeprefix(_META): value
        for name, value in call.headers.items()
        if name.startswith(_META)
    }


def _headers(blob: Blob) -> dict[str, str]:
    return {
        "ETag": f'"{blob.modified}"',
        "Last-Modified": formatdate(blob.modified, usegmt=True),
        "x-ms-blob-type": "BlockBlob",
        "x-ms-version": "2024-11-04",
        **{f"{_META}{name}": value for name, value in blob.metadata.items()},
    }


def _put(call: Call, path: str) -> Answer:
    blob = Blob(path, call.body, _metadata(call), time.time())
    call.store.put_blob(blob)
    return Answer(201, b"", _headers(blob))


def _put_metadata(call: Call, path: str) -> Answer:
    before = call.store.blob(path)
    if before is None:
        return _not_found()
    blob = Blob(path, before.data, _metadata(call), time.time())
    call.store.put_blob(blob)
    return Answer(200, b"", _headers(blob))


def _get(call: Call, path: str) -> Answer:
    blob = call.store.blob(path)
    if blob is None:
        return _not_found()
    asked = call.headers.get("x-ms-range") or call.headers.get("range")
    if asked is None:
        return Answer(200, blob.data, _headers(blob), "application/octet-stream")
    return _part(blob, asked)


def _part(blob: Blob, asked: str) -> Answer:
    first, _, last = asked.removeprefix("bytes=").partition("-")
    start, size = int(first), len(blob.data)
    if start >= size:
        return _failure(416, "InvalidRange", "The range specified is invalid.")
    end = min(int(last) if last else size - 1, size - 1)
    headers = {**_headers(blob), "Content-Range": f"bytes {start}-{end}/{size}"}
    return Answer(206, blob.data[start : end + 1], headers, "application/octet-stream")


def _head(call: Call, path: str) -> Answer:
    blob = call.store.blob(path)
    if blob is None:
        return _not_found()
    return Answer(200, blob.data, _headers(blob), "application/octet-stream")


def _delete(call: Call, path: str) -> Answer:
    return Answer(202, b"") if call.store.delete_blob(path) else _not_found()


_BLOB_METHODS = {
    ("PUT", ""): _put,
    ("PUT", "metadata"): _put_metadata,
    ("GET", ""): _get,
    ("HEAD", ""): _head,
    ("DELETE", ""): _delete,
}


def _serve_container(call: Call, container: str) -> Answer:
    if (call.method, call.query.get("comp")) != ("GET", "list"):
        return _failure(501, "NotImplemented", f"{call.method} of a container")
    prefix = call.query.get("prefix", "")
    blobs = call.store.blobs(f"{container}/{prefix}")
    named = [(blob.path.removeprefix(f"{container}/"), blob) for blob in blobs]
    delimiter = call.query.get("delimiter")
    folders: list[str] = []
    if delimiter:
        folders = sorted({_folder(name, prefix, delimiter) for name, _ in named} - {""})
        named = [(name, blob) for name, blob in named if delimiter not in name[len(prefix) :]]
    body = _listing(call, container, "".join([*map(_folder_xml, folders), *map(_blob_xml, named)]))
    return Answer(200, body.encode(), {"x-ms-version": "2024-11-04"}, _XML)


def _folder(name: str, prefix: str, delimiter: str) -> str:
    head, found, _ = name[len(prefix) :].partition(delimiter)
    return f"{prefix}{head}{delimiter}" if found else ""


def _listing(call: Call, container: str, entries: str) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults'
        f' ServiceEndpoint="{escape(call.base_url)}{ROOT}/" ContainerName="{escape(container)}">'
        f"<Prefix>{escape(call.query.get('prefix', ''))}</Prefix><Blobs>{entries}</Blobs>"
        "<NextMarker/></EnumerationResults>"
    )


def _folder_xml(name: str) -> str:
    return f"<BlobPrefix><Name>{escape(name)}</Name></BlobPrefix>"


def _blob_xml(entry: tuple[str, Blob]) -> str:
    name, blob = entry
    metadata = "".join(f"<{key}>{escape(text)}</{key}>" for key, text in blob.metadata.items())
    return (
        f"<Blob><Name>{escape(name)}</Name><Properties>"
        f"<Last-Modified>{formatdate(blob.modified, usegmt=True)}</Last-Modified>"
        f"<Etag>{blob.modified}</Etag><Content-Length>{len(blob.data)}</Content-Length>"
        "<Content-Type>application/octet-stream</Content-Type><BlobType>BlockBlob</BlobType>"
        f"</Properties><Metadata>{metadata}</Metadata></Blob>"
    )
