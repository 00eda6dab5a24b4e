"""What a notebook was seen to do, cell by cell: load a model, load a sample, score, show."""

from dataclasses import dataclass, field

from bot.core.evidence import notebook_calls as calls
from bot.core.evidence import notebook_programs as programs
from bot.core.evidence.notebook_calls import DATA, DATA_FILE, MODEL, PREDICTION
from bot.core.evidence.notebook_scope import NOTHING, Sources, has, serials
from bot.core.evidence.notebook_texts import Printed


@dataclass(slots=True)
class Trace:
    """Numbers of the cells in which something happens, in order.

    Attributes:
        scoring: where a loaded model scores loaded data.
        modelless: where something scores that is no loaded model.
        dataless: where a loaded model scores data that was not loaded.
        showing: where predictions are shown as such, not only counted.
        printed: what is typed into a cell of what it prints, call by call.
        predictions: what the notebook calls its predictions, such as `y` or `table['y']`.
    """

    model: list[int] = field(default_factory=list)
    data: list[int] = field(default_factory=list)
    scoring: list[int] = field(default_factory=list)
    modelless: list[int] = field(default_factory=list)
    dataless: list[int] = field(default_factory=list)
    showing: list[int] = field(default_factory=list)
    printed: dict[int, list[Printed]] = field(default_factory=dict)
    predictions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Recorder:
    """Writes the trace, and numbers what is loaded and scored; `number` is the cell's."""

    trace: Trace = field(default_factory=Trace)
    number: int = 0
    _serial: int = 0

    def load(self, name: str) -> Sources:
        """Return what a call of this full name loads; nothing for most."""
        kinds = calls.loads(name)
        self._serial += 1
        for kind, cells in ((MODEL, self.trace.model), (DATA, self.trace.data)):
            if kind in kinds:
                cells.append(self.number)
        return frozenset((kind, self._serial) for kind in kinds)

    def load_model(self) -> Sources:
        """Return a model that is made of the text of a file."""
        self._serial += 1
        self.trace.model.append(self.number)
        return frozenset({(MODEL, self._serial)})

    def score(self, receiver: Sources, given: Sources, *, trusted: bool) -> Sources:
        """Return what scoring gives; `trusted` code of the environment brings its own model."""
        models = serials(receiver | given, MODEL)
        data = serials(given, DATA) - serials(receiver, MODEL)
        if trusted and not data and has(given, DATA_FILE):
            self.trace.data.append(self.number)
            data = frozenset({0})
        if not models and not trusted:
            self.trace.modelless.append(self.number)
            return NOTHING
        # One load that could be either is not both: the model needs a load of its own.
        if not data or (not trusted and len(models | data) == 1):
            self.trace.dataless.append(self.number)
            return NOTHING
        self.trace.scoring.append(self.number)
        self._serial += 1
        return frozenset({(PREDICTION, self._serial)})

    def start(self, said: str, given: Sources) -> Sources:
        """Return what a program shows that scores; it is told where model and sample are."""
        if programs.names_model(said) or has(given, MODEL):
            self.trace.model.append(self.number)
        if programs.names_sample(said):
            self.trace.data.append(self.number)
        if not self.trace.model:
            self.trace.modelless.append(self.number)
            return NOTHING
        if not (programs.names_sample(said) or has(given, DATA)):
            self.trace.dataless.append(self.number)
            return NOTHING
        self.trace.scoring.append(self.number)
        self._serial += 1
        return frozenset({(PREDICTION, self._serial)})
