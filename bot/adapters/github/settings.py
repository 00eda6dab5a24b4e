"""Where GitHub is, and how fast to go."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """Where GitHub is and how fast to go; all times in seconds.

    GitHub asks for a second between writes; the pauses are PyGithub's defaults. GitHub itself
    gives up on a request after ten seconds.

    Attributes:
        backoff: the second repetition waits twice this long, each further one twice as long again.
        longest_wait: a rate limit that lasts longer fails at once.
        secondary_rate_wait: how long to wait where GitHub does not say.
    """

    api_url: str
    repository: str
    token: str = field(repr=False)
    login: str = "github-actions[bot]"
    pause: float = 0.25
    pause_between_writes: float = 1.0
    timeout: int = 20
    backoff: float = 1.0
    longest_wait: float = 300.0
    secondary_rate_wait: float = 60.0
