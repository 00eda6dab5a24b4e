"""Faults that the sandbox's servers commit on purpose: which, at which call, and how they look."""
