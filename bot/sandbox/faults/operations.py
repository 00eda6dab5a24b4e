"""Long-running operations of Azure that end badly, never, or nowhere."""

import math
import time
from collections.abc import Callable, Mapping

from bot.sandbox.azureml.exchange import CloudError
from bot.sandbox.azureml.store import Store
from bot.sandbox.faults.plan import Fault

_HEADERS = ("azure-asyncoperation", "location")
_FAILED = CloudError(500, "InternalServerError", "The operation failed.")


class Operations:
    """Spoils operations in one store, and mends them once the fault is lifted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gone: set[str] = set()
        self._spoiled: dict[str, Fault] = {}

    def spoil(self, headers: Mapping[str, str], fault: Fault) -> None:
        """Spoil the operation that an answer's headers lead to; nothing without one."""
        lowered = {name.lower(): value for name, value in headers.items()}
        for header in _HEADERS:
            found = lowered.get(header, "").partition("?")[0].rpartition("/")[2]
            record = self._store.operation(found) if found else None
            if record is None:
                continue
            self._spoiled[found] = fault
            if fault is Fault.OPERATION_GONE:
                self._gone.add(found)
            elif fault is Fault.OPERATION_FAILED:
                self._store.put_operation(found, {**record, "error": _FAILED.error()})
            else:
                self._store.put_operation(found, {**record, "ends": math.inf})
            return

    def is_gone(self, path: str) -> bool:
        """Tell whether a poll asks about an operation that Azure has forgotten."""
        return path.rpartition("/")[2] in self._gone

    def undoing(self, path: str) -> Callable[[], None]:
        """Return what makes the resource at `path` again what it is now."""
        before = self._store.get(path)

        def undo() -> None:
            if before is None:
                self._store.delete(path)
            else:
                self._store.put(path, path.rpartition("/")[0], before)

        return undo

    def mend(self) -> None:
        """Let what was stuck end well, and what was forgotten be known again."""
        self._gone.clear()
        for name, fault in self._spoiled.items():
            record = self._store.operation(name)
            if record is not None and fault is Fault.OPERATION_STUCK:
                self._store.put_operation(name, {**record, "ends": time.time()})
