"""What a step tells the jobs after it."""


def read_outputs(text: str) -> dict[str, str]:
    """Return what a step wrote to GITHUB_OUTPUT: `name=value`, or `name<<END` … `END`.

    Raises:
        ValueError: a line is neither.
    """
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        if "<<" in name:
            name, _, end = line.partition("<<")
            value = "\n".join(iter(lambda: next(lines, end), end))  # noqa: B023 (read at once)
        elif not equals and line:
            message = f"GITHUB_OUTPUT holds a line without `=`: {line!r}"
            raise ValueError(message)
        if name:
            outputs[name] = value
    return outputs
