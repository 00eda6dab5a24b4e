"""Waiting for Ctrl-C."""

import signal

import click


def await_interrupt() -> None:
    """Wait until Ctrl-C."""
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo("")
