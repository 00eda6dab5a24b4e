"""Whose code an exception comes from."""


def raised_in(error: BaseException, *prefixes: str) -> bool:
    """Tell whether a module whose name begins with one of `prefixes` raised `error`.

    What an SDK stumbles over, reading an answer of another shape than the service's, is a failure
    outside; the same exception out of our own code is a bug.
    """
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace else ""
    return module.startswith(prefixes)
