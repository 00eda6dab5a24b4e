"""`envbot sandbox` and `envbot demo`; what they need is imported when they run."""

from pathlib import Path

import click

from bot.errors import BotError

DEFAULT_STATE = Path(".envbot-sandbox")

state_folder = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_STATE,
    show_default=True,
    help="Where the sandbox keeps everything.",
)


@click.group()
def sandbox() -> None:
    """Run Azure ML and GitHub on this machine, to try envbot without either."""


@sandbox.command()
@state_folder
@click.option("--azure-port", type=int, default=0, help="0 takes a free one.")
@click.option("--github-port", type=int, default=0, help="0 takes a free one.")
def up(state: Path, azure_port: int, github_port: int) -> None:
    """Start both servers and keep them running until Ctrl-C."""
    import shlex
    import signal
    import sys

    from bot.sandbox.interrupt import await_interrupt
    from bot.sandbox.world import running_world

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running_world(state.resolve(), azure_port=azure_port, github_port=github_port) as world:
        click.echo(f"GitHub sandbox    {world.github.url}/{world.repository}")
        click.echo(f"Azure ML sandbox  {world.azure.url}")
        click.echo(
            "Variables         "
            f'eval "$(envbot sandbox env --state {shlex.quote(str(state.resolve()))})"'
        )
        click.echo(f"Then              git clone {world.github.url}/{world.repository}")
        click.echo("Ctrl-C ends both; their state stays.")
        await_interrupt()


@sandbox.command()
@state_folder
@click.option("--login", default="marie", show_default=True, help="Whose token to print.")
def env(state: Path, login: str) -> None:
    """Print the variables that point envbot at the running sandbox, for `eval`."""
    import shlex

    from bot.sandbox.world import terminal_environment

    for name, value in terminal_environment(state.resolve(), login).items():
        click.echo(f"export {name}={shlex.quote(value)}")


@sandbox.command()
@state_folder
def reset(state: Path) -> None:
    """Delete the sandbox's state; the next start begins with the sample fleet."""
    import shutil

    from bot.sandbox.process import is_running, server_pids

    if any(is_running(pid) for pid in server_pids(state)):
        raise BotError(f"A sandbox is running on {state}; stop it first.", undone="the reset")
    shutil.rmtree(state, ignore_errors=True)
    click.echo(f"{state} is empty.")


@sandbox.command()
@state_folder
def log(state: Path) -> None:
    """Print what the servers logged, and every workflow run with how it ended."""
    for name in ("azureml.json.log", "github.json.log"):
        path = state / name
        if path.exists():
            click.echo(f"== {name}")
            click.echo(path.read_text(encoding="utf-8", errors="replace"), nl=False)
    for path in sorted((state / "runs").glob("*/*.log")):
        click.echo(f"== run {path.parent.name}, job {path.stem}")
        click.echo(path.read_text(encoding="utf-8", errors="replace"), nl=False)


@click.command()
@click.option("--serve", is_flag=True, help="Leave the servers up afterwards.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep everything there instead of in a temporary folder.",
)
def demo(state: Path | None, *, serve: bool) -> None:
    """Play a release, its rollback and a blocked change on the sandbox; check each step."""
    from bot.sandbox.demo.story import play

    play(state.resolve() if state else None, serve=serve)
