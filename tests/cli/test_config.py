"""Configuration files: what they mean, and that each wrong line is told."""

import re

import pytest
from tracing import ROOT, gotraced

USAGE = 2


@pytest.fixture
def config(tmp_path):
    """config(text) writes a configuration; PROGRAM in it stands for a Go program."""

    def write(text, program="/bin/true"):
        path = tmp_path / "server.conf"
        path.write_text(text.replace("PROGRAM", str(program)))
        return path

    return write


@pytest.fixture
def check(config):
    """What --check-config says of a configuration: (exit status, what it would do, messages without their path)."""

    def run(text, *options, **kwargs):
        path = config(text, **kwargs)
        done = gotraced("--config", path, "--check-config", *options)
        messages = [line.removeprefix(f"gotraced: {path}") for line in done.stderr.splitlines()]
        return done.returncode, done.stdout, messages

    return run


GOOD = """# What is traced.
[target fib]
binary = PROGRAM
func = main.fib
func = main.main
label = team=platform
label = stage = eu west

[output]
format = json
interval = 10

[limits]
max-overhead = 5%
"""


def test_a_good_one_says_what_it_would_do(check, newest):
    status, would, messages = check(GOOD, program=newest("fib"))
    assert status == 0 and not messages
    assert "target fib" in would and str(newest("fib")) in would and "2 of 2 functions" in would
    assert "label team=platform" in would and "label stage=eu west" in would
    assert "json to standard output, each 10.0 s" in would and "5% of a CPU" in would


def test_the_command_line_goes_before_it(check, newest):
    program = newest("fib")
    _, would, _ = check(GOOD, "--interval", "3", "--format", "text", program=program)
    assert "reports: text to standard output, each 3.00 s" in would
    _, would, _ = check(GOOD, "--binary", program, "--func", "main.fib", program=program)
    assert "target fib" not in would and "1 of 1 functions" in would


HEAD = "[target a]\nbinary = PROGRAM\nfunc = main.f\n"
WRONG = [
    ("x = 1\n" + HEAD, 1, "x stands in no section"),
    ("[target]\n", 1, "a target needs a name"),
    ("[traget a]\nbinary = x\n", 1, "no such section"),
    ("[target a\n", 1, "the ] of the section is missing"),
    ("[output file]\n" + HEAD, 1, "only a target has a name"),
    (HEAD + "[target a]\n", 4, "a target of that name already"),
    (HEAD + "binari = x\n", 4, "there is no setting 'binari' in [target]"),
    (HEAD + "interval = 1\n", 4, "it belongs to [output]"),
    (HEAD + "binary = /bin/ls\n", 4, "a target has one binary"),
    (HEAD + "func =\n", 4, "func has no value"),
    (HEAD + "func\n", 4, "neither [SECTION] nor SETTING = VALUE"),
    (HEAD + "pid = 1x\n", 4, "'1x' is not a number"),
    (HEAD + "pid = 0\n", 4, "'0' is not a number"),
    (HEAD + "wait = perhaps\n", 4, "'perhaps' is neither yes nor no"),
    (HEAD + "label = team\n", 4, "'team' is not NAME=VALUE"),
    (HEAD + "label = 1team=x\n", 4, "is not NAME=VALUE"),
    (HEAD + "label = te-am=x\n", 4, "is not NAME=VALUE"),
    (HEAD + "label = __team=x\n", 4, "is not NAME=VALUE"),
    (HEAD + "label = function=x\n", 4, "the label function is one"),
    (HEAD + "label = le=x\n", 4, "the label le is one"),
    (HEAD + "label = a=1\nlabel = a=2\n", 5, "the label a is given twice"),
    (HEAD + "label = a=\x01\n", 4, "is not text in UTF-8"),
    (HEAD + "[output]\nformat = xml\n", 5, "'xml' is none of text, json, hlog, journal"),
    (HEAD + "[output]\nformat = json\nformat = json\n", 6, "format is set twice"),
    (HEAD + "[output]\ninterval = soon\n", 5, "'soon' is not a time"),
    (HEAD + "[output]\nbuckets = 1s,1ms\n", 5, "'1ms' is not more than what stands before it"),
    (HEAD + "[output]\nbuckets = ,\n", 5, "not a list of times"),
    (HEAD + "[output]\nfile = x\n", 5, "there is no setting 'file' in [output]"),
    (HEAD + "[limits]\nmax-overhead = 200\n", 5, "'200' is not a percentage"),
    (HEAD + "[limits]\nring-size = 3K\n", 5, "'3K' is not a power of two"),
    (HEAD + "[limits]\nmax-functions = 0\n", 5, "'0' is not a number from 1"),
    (HEAD + "[limits]\nmax-in-flight = -1\n", 5, "'-1' is not a number"),
    (HEAD + "[kernel]\nlinks = kprobe\n", 5, "'kprobe' is none of auto, multi, perf"),
    (HEAD + "[kernel]\ndebug = yes please\n", 5, "neither yes nor no"),
    (HEAD + "func = " + "f" * 300 + "\n", 4, "the line is too long"),
    ("[target a]\nfunc = main.f\n", 1, "target a has no binary"),
    ("[target a]\nbinary = PROGRAM\n", 1, "target a has no func"),
]


@pytest.mark.parametrize("text, line, what", WRONG, ids=[what for _, _, what in WRONG])
def test_each_wrong_line_is_told(check, text, line, what):
    status, would, messages = check(text)
    assert status == USAGE and not would
    assert len(messages) == 1 and messages[0].startswith(f":{line}: ") and what in messages[0], messages


def test_all_wrong_lines_are_told_at_once(check):
    status, _, messages = check("".join(["x = 1\n", HEAD, "binari = 1\n", "[limits]\n", "max-overhead = x\n"]))
    assert status == USAGE and [message.split(" ")[0] for message in messages] == [":1:", ":5:", ":7:"]


@pytest.mark.parametrize(
    "text, what",
    [
        ("", "there is no [target NAME] in it"),
        (HEAD + "[output]\nformat = journal\noutput = x\n", "--format journal and --output exclude each other"),
        (HEAD + "[output]\ncumulative = yes\n", "--cumulative says what is reported at each --interval"),
        (HEAD + "[output]\nduration = 1\ninterval = 2\n", "--interval is longer than --duration"),
        (HEAD + "[output]\nformat = hlog\ninterval = 1\ncumulative = yes\n", "--cumulative and --format hlog"),
        (HEAD + "[limits]\nmax-overhead = 1\n[kernel]\nno-calibrate = yes\n", "--max-overhead and --no-calibrate"),
        (HEAD + "pid = 1\nwait = yes\n", "it cannot be waited for"),
    ],
)
def test_settings_that_do_not_go_together(check, text, what):
    status, would, messages = check(text)
    assert status == USAGE and not would
    assert len(messages) == 1 and what in messages[0], messages


def test_a_file_that_cannot_be_read(tmp_path):
    for path, why in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        done = gotraced("--config", path)
        assert done.returncode == USAGE and str(path) in done.stderr and why in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_there_is_something_to_check():
    done = gotraced("--check-config", "--binary", "/bin/true", "--func", "x")
    assert done.returncode == USAGE and "--check-config checks what --config FILE names" in done.stderr


def test_what_cannot_be_traced_is_told_with_its_line(check, newest):
    text = GOOD + "[target none]\nbinary = /nonexistent/server\nfunc = main.*\n[target ls]\nbinary = /bin/ls\nfunc = x\n"
    status, would, messages = check(text, program=newest("fib"))
    assert status == 1 and "target fib" in would
    assert [message.split(" ")[0] for message in messages] == [":15:", ":18:"]
    assert "/nonexistent/server" in messages[0] and "not a Go program" in messages[1]


def test_what_is_waited_for_is_nothing_wrong(check, newest):
    status, would, _ = check("[target a]\nbinary = /nonexistent/server\nfunc = main.*\nwait = yes\n")
    assert status == 0 and "/nonexistent/server is waited for" in would


def test_the_example_is_right(check):
    """Also each setting that is commented out in it, by itself."""
    lines = (ROOT / "systemd/example.conf").read_text().splitlines()
    status, would, messages = check("\n".join(lines))
    assert status == 0 and "target prometheus" in would, messages
    tried = 0
    for i, line in enumerate(lines):
        if re.match(r"#[a-z-]+ = ", line):
            section = next(line for line in reversed(lines[:i]) if line.startswith("["))
            status, _, messages = check(f"[target a]\nbinary = /nonexistent\nfunc = x\nwait = yes\n{section}\n{line[1:]}\n")
            assert status == 0, (line, messages)
            tried += 1
    assert tried >= 5
