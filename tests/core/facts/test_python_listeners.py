"""Code that notices what is logged, looked at, listed or read as text: its changes are breaking."""

from collections.abc import Callable, Mapping

import pytest

Called = Callable[..., tuple[str, set[str]]]
LOGGER = "import logging\n\nlogger = logging.getLogger(__name__)\n"


def run(*lines: str) -> str:
    return "def run(d):\n" + "".join(f"    {line}\n" for line in lines) + "    return d\n"


COUNTING = """
class C:
    n = 0
    {method}
        self.n += 1
        return "1"

    def run(self, d):
{statement}        return self.n
"""


@pytest.mark.parametrize(
    ("method", "statement"),
    [
        pytest.param("def __str__(self):", "print(self)", id="str"),
        pytest.param("def __repr__(self):", 'print(f"{self!r}")', id="repr in an f-string"),
        pytest.param("def __repr__(self):", 'print("%r" % self)', id="repr by %"),
        pytest.param("def __format__(self, _):", 'print("{}".format(self))', id="format"),
        pytest.param("def __len__(self):", "print(len(self))", id="len"),
        pytest.param("@property\n    def v(self):", "print(self.v)", id="property"),
        pytest.param("@cached_property\n    def v(self):", "print(self.v)", id="kept property"),
        pytest.param("def __getattr__(self, name):", "print(self.v)", id="any attribute"),
        pytest.param("def __getitem__(self, _):", "print(self[0])", id="item"),
        pytest.param("def head(self):", "print(self.head())", id="method that tables have"),
    ],
)
def test_a_print_that_runs_code_with_an_effect_is_breaking(
    called: Called, method: str, statement: str
) -> None:
    before = COUNTING.format(method=method, statement=f"        {statement}\n")
    after = COUNTING.format(method=method, statement="")

    assert called(before, after)[0] == "major"


@pytest.mark.parametrize(
    "method",
    [
        pytest.param('def __repr__(self):\n        return f"C({self.n})"', id="repr"),
        pytest.param("def __len__(self):\n        return len(self.rows)", id="len"),
        pytest.param("@property\n    def v(self):\n        return self.n + 1", id="property"),
        pytest.param(
            "def __getattr__(self, name):\n        return getattr(self.inner, name)", id="delegate"
        ),
    ],
)
def test_a_print_that_runs_code_without_effect_is_a_patch(called: Called, method: str) -> None:
    cls = f"class C:\n    {method}\n\n"

    assert called(cls + run("print(d.v, len(d))"), cls + run())[0] == "patch"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            run("with contextlib.redirect_stdout(b):", "    print(d)", "    d = 1"),
            run("with contextlib.redirect_stdout(b):", "    d = 1"),
            id="redirected",
        ),
        pytest.param(
            run("sys.stdout = b", "print(d)"), run("sys.stdout = b"), id="standard output replaced"
        ),
        pytest.param(
            LOGGER
            + "def emit(self, record):\n    records.append(record)\n"
            + run("logger.info(1)"),
            LOGGER + "def emit(self, record):\n    records.append(record)\n" + run(),
            id="handler of ours",
        ),
        pytest.param(
            LOGGER + "logger.setLevel(10)\n" + run("d = logger.isEnabledFor(10)"),
            LOGGER + "logger.setLevel(20)\n" + run("d = logger.isEnabledFor(10)"),
            id="level that is read",
        ),
        pytest.param(
            run("try:", "    print(d.x)", "except AttributeError:", "    d = 0"),
            run("try:", "    pass", "except AttributeError:", "    d = 0"),
            id="all that is tried",
        ),
        pytest.param(
            "from collections import defaultdict\n" + run("print(d[0])"),
            "from collections import defaultdict\n" + run(),
            id="item that may be made",
        ),
    ],
)
def test_logging_that_something_notices_is_breaking(
    called: Called, before: str, after: str
) -> None:
    assert called(before, after)[0] == "major"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("class H:\n    def emit(self, r):\n        self.n += 1\n", id="handler"),
        pytest.param('subprocess.check_output(["python", "score.py"])\n', id="output is read"),
        pytest.param("class R:\n    def __str__(self):\n        self.n += 1\n", id="text"),
    ],
)
def test_logging_that_another_file_notices_is_breaking(called: Called, other: str) -> None:
    before, after = LOGGER + run("print(d)", "logger.info(d)"), LOGGER + run()

    assert called(before, after, {"src/other.py": other})[0] == "major"


def test_output_of_another_program_is_no_reader_of_ours(called: Called) -> None:
    others = {"src/other.py": 'subprocess.check_output(["nvidia-smi"])\n'}

    assert called(run("print(d)"), run(), others)[0] == "patch"


@pytest.mark.parametrize(
    "call",
    [
        "logger.info()",
        "logger.log('text', d)",
        "logger.setLevel('LOUD')",
        "logger.setLevel(d)",
        "logger.setLevel()",
        "logging.basicConfig(level='LOUD')",
        "logging.basicConfig(format='text')",
        "logging.basicConfig(style='?')",
        "logging.basicConfig(logging.INFO)",
        "logger.info('text', stacklevel='1')",
        "print(d, sep=1)",
        "print(d, end=d)",
    ],
)
def test_a_new_log_call_that_would_fail_is_breaking(called: Called, call: str) -> None:
    assert called(LOGGER + run(), LOGGER + run(call))[0] == "major"


@pytest.mark.parametrize(
    "call",
    [
        "logger.log(logging.INFO, 'text %s', d)",
        "logger.setLevel('INFO')",
        "logging.basicConfig(level=logging.INFO, format='%(asctime)s %(message)s')",
        "logger.info('text', stacklevel=2, exc_info=True)",
        "print('=' * 80, sep='', flush=True)",
    ],
)
def test_a_new_log_call_that_cannot_fail_is_a_patch(called: Called, call: str) -> None:
    assert called(LOGGER + run(), LOGGER + run(call)) == ("patch", {"logging_changed"})


@pytest.mark.parametrize(
    "call", ["print(d[0])", "print(d[1:3])", "print(d.head())", "print(d[0].shape, d.mean(0))"]
)
def test_a_print_of_what_may_be_missing_may_go_and_not_come(called: Called, call: str) -> None:
    assert called(run(call), run())[0] == "patch"
    assert called(run(), run(call))[0] == "major"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["print(d[0])"], id="item"),
        pytest.param(["for i in d:", "    x = i", "print(x)"], id="name that may lack a value"),
        pytest.param(["n = d[0]", "print(n)"], id="variable that is only printed"),
        pytest.param(["if d:", "    print(d)"], id="condition that may fail"),
    ],
)
def test_a_log_statement_that_stays_hides_nothing(called: Called, lines: list[str]) -> None:
    before, after = run(*lines, "print(1)"), run(*lines, "print(2)")

    assert called(before, after) == ("patch", {"logging_changed"})


@pytest.mark.parametrize(
    ("condition", "bump"),
    [
        ("d is not None", "patch"),
        ("verbose", "patch"),
        ("not self.verbose", "patch"),
        ("len(d) > 3", "patch"),
        ("d is None and verbose", "patch"),
        ("logger.isEnabledFor(logging.DEBUG)", "patch"),
        ("d", "major"),
        ("d > 3", "major"),
        ("d.pop()", "major"),
        ("(d := 1) is None", "major"),
    ],
)
def test_a_condition_goes_with_what_it_guards_if_it_has_no_effect(
    called: Called, condition: str, bump: str
) -> None:
    before = LOGGER + "self = verbose = None\n" + run()
    after = LOGGER + "self = verbose = None\n" + run(f"if {condition}:", "    print(d)")

    assert called(before, after)[0] == bump


def test_a_condition_with_another_branch_stays(called: Called) -> None:
    before = run("if d is None:", "    print(d)", "else:", "    d = 1")
    after = run("if d is not None:", "    print(d)", "else:", "    d = 1")

    assert called(before, after)[0] == "major"


DOCUMENTED = 'def run(d):\n    """{}"""\n    return d\n'


@pytest.mark.parametrize(
    ("other", "bump"),
    [
        pytest.param("import score\nD = score.run.__doc__\n", "major", id="docstring"),
        pytest.param(
            "import inspect, score\nD = inspect.getdoc(score.run)\n", "major", id="getdoc"
        ),
        pytest.param("import inspect, score\nD = inspect.getsource(score)\n", "major", id="source"),
        pytest.param("import score\nD = score.run(1)\n", "patch", id="result"),
    ],
)
def test_a_docstring_that_another_file_reads_is_code(called: Called, other: str, bump: str) -> None:
    found = called(DOCUMENTED.format("a"), DOCUMENTED.format("b"), {"src/other.py": other})

    assert found[0] == bump


def test_a_body_is_named_where_code_reads_code(called: Called) -> None:
    before = "import inspect\nS = inspect.getsource(inspect)\n" + run()

    assert called(before, before.replace("return d", "return -d"))[1] == {"function_changed"}


@pytest.mark.parametrize(
    ("lookup", "bump"),
    [
        ('getattr(self, f"do_{d}")()', "major"),
        ('getattr(self, "do_" + d)()', "major"),
        ('getattr(self, "do_%s" % d)()', "major"),
        ('getattr(self, "do_{}".format(d))()', "major"),
        ("operator.methodcaller(d)(self)", "major"),
        ("getattr(self, d)()", "major"),
        ('getattr(self, f"make_{d}")()', "minor"),
        ('getattr(self, "known", d)', "minor"),
        ("getattr(logging, d)", "minor"),
    ],
)
def test_a_new_method_that_may_be_looked_up_is_breaking(
    called: Called, lookup: str, bump: str
) -> None:
    before = f"import logging\n\n\nclass C:\n    def run(self, d):\n        return {lookup}\n"
    after = before + "\n    def do_more(self):\n        return 1\n"

    assert called(before, after)[0] == bump


def test_a_new_function_that_may_be_looked_up_is_breaking(called: Called) -> None:
    others = {"src/other.py": 'def find(m, d):\n    return getattr(m, f"do_{d}", None)\n'}

    assert called(run(), run() + "def do_more(d):\n    return 1\n", others)[0] == "major"
    assert called(run(), run() + "def make_more(d):\n    return 1\n", others)[0] == "minor"


@pytest.mark.parametrize(
    ("before", "other"),
    [
        pytest.param("", "P = ValueError.__subclasses__()\n", id="listed"),
        pytest.param(
            "class A:\n    def __getattr__(self, n):\n        return 1\n", "", id="any name"
        ),
    ],
)
def test_a_new_class_or_method_that_is_found_is_breaking(
    called: Called, before: str, other: str
) -> None:
    added = (
        "    def more(self):\n        return 2\n" if before else "class B(ValueError):\n    pass\n"
    )

    assert called(before + "\n", before + added, {"src/other.py": other})[0] == "major"


def test_a_variable_keeps_its_name_where_another_file_reads_frames(called: Called) -> None:
    before, after = (f"def run(d):\n    {name} = f(d)\n    return {name}\n" for name in "ab")
    others: Mapping[str, str] = {"src/other.py": "V = sys._getframe(1).f_locals\n"}

    assert called(before, after)[0] == "patch"
    assert called(before, after, others)[0] == "major"
