"""Kills the bot and breaks its calls, runs it again, and compares with an undisturbed run."""
