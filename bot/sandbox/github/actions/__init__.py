"""Runs the workflows of a repository's default branch as GitHub Actions would."""
