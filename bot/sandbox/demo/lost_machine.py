"""The machine that runs a job of the bot is lost: its process ends at once, without a word."""

import os
import signal
import subprocess

from bot.sandbox.world import World


def lose_job(world: World, job: str) -> tuple[int, ...]:
    """Kill the processes of a job that this world's runner has started; return their ids."""
    found = job_processes(world, job)
    for process in found:
        os.kill(process, signal.SIGKILL)
    return found


def job_processes(world: World, job: str) -> tuple[int, ...]:
    """Return the ids of the processes that run `job` for this world, and of no others."""
    listed = subprocess.run(
        ["ps", "-axwwo", "pid=,ppid=,args="], capture_output=True, check=True, text=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    runner = str(world.github.pid)
    return tuple(
        int(process)
        for process, parent, command in rows
        if parent == runner and command.endswith(f"event --job {job}")
    )
