"""A loopback GitHub: REST, git over HTTP, the pull-request page and the workflow runner."""
