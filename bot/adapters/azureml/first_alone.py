"""A door that the first passes alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class FirstAlone:
    """Lets one thread through by itself, once; after it any number at the same time.

    NOTE: the SDK works out the fields of each of its model classes when the first object of that
    class is made, and two threads that do so at once end in `RuntimeError: dictionary changed size
    during iteration` (azure-ai-ml 1.35.2, `_utils/model_base.py`, `Model.__new__`).
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._has_passed = False

    @contextmanager
    def passing(self) -> Iterator[bool]:
        """Wait while the first is in the block; however it ends, nobody waits after it.

        The block is told whether it had to wait: what it has read before may no longer be so.
        """
        waits = not self._has_passed
        with self._lock:
            if not self._has_passed:
                try:
                    yield False
                finally:
                    self._has_passed = True
                return
        yield waits
