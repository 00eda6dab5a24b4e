"""Decisions without effects: no network, no files, no clock, no environment variables."""
