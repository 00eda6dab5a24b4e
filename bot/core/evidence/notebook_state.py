"""What is known of a notebook while it is followed, shared by all that follow it."""

from dataclasses import dataclass, field

from bot.core.evidence.notebook_limits import Steps
from bot.core.evidence.notebook_record import Recorder
from bot.core.evidence.notebook_scope import Scope
from bot.core.evidence.notebook_texts import TypedTexts


@dataclass(slots=True)
class State:
    """The names and their values, the texts that were typed, what was seen, and its cost."""

    steps: Steps = field(default_factory=Steps)
    scope: Scope = field(default_factory=Scope)
    record: Recorder = field(default_factory=Recorder)
    typed: TypedTexts = field(init=False)

    def __post_init__(self) -> None:
        """Let the texts count what they cost."""
        self.typed = TypedTexts(self.steps)
