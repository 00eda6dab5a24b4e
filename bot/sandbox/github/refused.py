"""Answers that are not a success."""

from collections.abc import Sequence


class RefusedError(Exception):
    """GitHub's answer to a request that it does not carry out.

    Attributes:
        status: the HTTP status code.
        message: GitHub's sentence.
        errors: details of a 422, one object each.
    """

    def __init__(self, status: int, message: str, errors: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = tuple(errors)


def not_found() -> RefusedError:
    """Return GitHub's 404, which it also sends for things one may not see."""
    return RefusedError(404, "Not Found")


def invalid(resource: str, field: str, message: str) -> RefusedError:
    """Return a 422 that names the field that is wrong."""
    detail = {"resource": resource, "field": field, "code": "custom", "message": message}
    return RefusedError(422, f"Validation Failed: {message}", [detail])


def unprocessable(sentence: str) -> RefusedError:
    """Return the 422 of reviews, which says why in a sentence alone."""
    return RefusedError(422, "Unprocessable Entity", [sentence])
