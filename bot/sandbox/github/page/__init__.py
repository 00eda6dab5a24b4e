"""The pages of the sandbox: repositories, pull requests and workflow runs."""
