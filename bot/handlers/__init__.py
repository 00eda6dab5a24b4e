"""One use case a file: fetch, decide by one call into core, act."""
