"""What bash and zsh make of a line for gotraced when Tab is pressed in it."""

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest
from tracing import GOTRACED, ROOT, TIMEOUT_S, gotraced

BASH_START = f"""
PS1='ready> '
. /usr/share/bash-completion/bash_completion
. {ROOT}/completions/gotraced.bash
bind 'set bell-style none' 'set completion-query-items 0' 'set page-completions off' 'set enable-bracketed-paste off'
bind '"\\C-a": insert-completions'
bind -x '"\\C-x": printf "%s" "$READLINE_LINE" >line.new; mv line.new line'
"""

# The second binding inserts all matches, each as it would be if it were the only one.
ZSH_START = f"""
PS1='ready> '
fpath=({ROOT}/completions $fpath)
autoload -Uz compinit
compinit -u -D
setopt no_beep no_always_last_prompt
LISTMAX=100000
dump() {{ print -rn -- "$BUFFER" >line.new; command mv line.new line }}
all() {{ compstate[insert]=all }}
all-matches() {{ local -a comppostfuncs=(all); zle complete-word }}
zle -N dump
zle -N all-matches
bindkey '^I' complete-word '^A' all-matches '^X' dump
"""

TAB, ALL, DUMP, KILL = "\t", "\x01", "\x18", "\x05\x15"


class Shell:
    """An interactive shell in a terminal of its own, in which a test types."""

    def __init__(self, argv, start, folder):
        self.folder = folder
        env = {"PATH": f"{GOTRACED.parent}:/usr/bin:/bin", "HOME": str(folder), "TERM": "dumb", "LANG": "C.UTF-8"}
        self.terminal, other = pty.openpty()
        self.process = subprocess.Popen(
            argv, env=env, cwd=folder, stdin=other, stdout=other, stderr=other, start_new_session=True
        )
        os.close(other)
        (folder / "start").write_text(start)
        self.type(". ./start; echo is up\n")
        self.await_text("is up\r\n")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read(self):
        if not select.select([self.terminal], [], [], 0.05)[0]:
            return ""
        return os.read(self.terminal, 1 << 16).decode(errors="replace")

    def await_text(self, text):
        end, shown = time.monotonic() + TIMEOUT_S, ""
        while text not in shown:
            assert time.monotonic() < end, shown
            shown += self.read()

    def line_after(self, typed, key):
        """What stands in the command line after a key, and what the terminal showed."""
        line = self.folder / "line"
        line.unlink(missing_ok=True)
        self.type(typed + key + DUMP)
        end, shown = time.monotonic() + TIMEOUT_S, ""
        while not line.exists():
            assert time.monotonic() < end, shown
            shown += self.read()
        self.type(KILL)
        self.read()
        return line.read_text(), shown

    def complete(self, typed):
        """The command line after a Tab."""
        return self.line_after(typed, TAB)[0]

    def candidates(self, typed):
        """All that could stand in the place of the last word."""
        line, _ = self.line_after(typed, ALL)
        n_before = len(shlex.split(typed.rpartition(" ")[0]))
        return set(shlex.split(line)[n_before:])


@contextmanager
def running(name, folder):
    argv, start = {
        "bash": (["bash", "--norc", "--noprofile", "-i"], BASH_START),
        "zsh": (["zsh", "-f", "-i"], ZSH_START),
    }[name]
    shell = Shell(argv, start, folder)
    shell.name = name
    try:
        yield shell
    finally:
        shell.close()


@pytest.fixture(scope="module", params=["bash", "zsh"])
def shell(request, tmp_path_factory, go_builds):
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copy(go_builds.path("load", "newest", "plain"), folder / "load")
    shutil.copy(go_builds.path("matrix", "newest", "stripped"), folder / "matrix")
    with running(request.param, folder) as one:
        yield one


def help_text():
    return gotraced("--help").stdout


def test_the_options(shell):
    expected = set(re.findall(r"^  (?:-\S, |    )(--[\w-]+)", help_text(), re.M))
    assert {word.rstrip("=") for word in shell.candidates("gotraced --")} - {"--"} == expected


@pytest.mark.parametrize("option", ["format", "links", "emit"])
def test_the_choices_of_an_option(shell, option):
    expected = set(re.search(rf" --{option}=(\S+)", help_text())[1].split("|"))
    assert shell.candidates(f"gotraced --{option} ") == expected
    line = shell.complete(f"gotraced --{option}={min(expected)[:2]}")
    assert line.split() == ["gotraced", f"--{option}={min(expected)}"]


def test_a_value_that_cannot_be_known_is_left_alone(shell):
    assert shell.complete("gotraced --duration ") == "gotraced --duration "


@pytest.mark.parametrize("option", ["--binary", "-b", "--config", "-o"])
def test_files(shell, option):
    assert shell.complete(f"gotraced {option} ./mat") == f"gotraced {option} ./matrix "


def test_a_function(shell):
    assert shell.complete("gotraced -b ./load --func main.ho") == "gotraced -b ./load --func main.hot "
    assert shell.complete("gotraced -b ./load --func=main.ho") == "gotraced -b ./load --func=main.hot "
    assert shell.complete("gotraced --binary=load -f main.ho") == "gotraced --binary=load -f main.hot "


def words_of(line):
    return shlex.split(line)


@pytest.mark.parametrize(
    "typed, name",
    [
        ("strconv.(*NumError).E", "strconv.(*NumError).Error"),
        ("main.(*counter).add-", "main.(*counter).add-fm"),
        ("main.(*queue[i", "main.(*queue[int]).add"),
        ("main.handler.r", "main.handler.run"),
        ("main.(*Ψ)", "main.(*Ψ).π"),
    ],
)
@pytest.mark.parametrize("quote", ["'", '"', "\\"])
def test_a_function_with_stars_and_brackets(shell, typed, name, quote):
    """As it would have to be typed: in quotes of either kind, or with a backslash before what means something."""
    if quote == "\\":
        typed = re.sub(r"([][(*)])", r"\\\1", typed)
    else:
        typed = quote + typed
    line = shell.complete(f"gotraced --binary ./matrix --func {typed}")
    assert words_of(line) == ["gotraced", "--binary", "./matrix", "--func", name]
    assert line.endswith(" ")


def functions_of(program, prefix, folder):
    lines = gotraced("--binary", program, "--list", "--func", f"{prefix}*", cwd=folder).stdout.splitlines()
    names = (re.match(r"0x\w+ +\d+ +\d+ +\d+  (.*)", line) for line in lines)
    return {name[1] for name in names if name and not name[1].endswith("  (cannot be traced)")}


def test_all_methods_are_words(shell):
    """With brackets and stars, each as one word."""
    found = shell.candidates(r"gotraced --binary ./matrix --func main.\(")
    assert found == functions_of("./matrix", "main.(", shell.folder)
    assert {"main.(*counter).add", "main.(*counter).add-fm", "main.(*queue[int]).add", "main.(*Ψ).π"} <= found


def test_nothing_typed_is_package_main(shell):
    assert shell.candidates("gotraced --binary ./load --func ") == functions_of("./load", "main.", shell.folder)


def test_of_many_functions_the_next_step_of_their_names(shell):
    steps = shell.candidates("gotraced --binary ./load --func r")
    names = functions_of("./load", "r", shell.folder)
    assert len(names) > 100 > len(steps) and {"runtime.", "runtime/"} <= steps
    assert all(any(name.startswith(step) for step in steps) for name in names)


@pytest.mark.parametrize(
    "line",
    [
        "gotraced --binary ./none --func main.",
        "gotraced --binary /bin/true --func main.",
        "gotraced --func main.",
        "gotraced --pid 4194305 --func main.",
        "gotraced --func main. -- ./none",
    ],
)
def test_without_a_program_nothing_is_said(shell, line):
    _, _, tail = line.partition(" --func main.")
    # Where the cursor is, between what stands before and after it.
    after, shown = shell.line_after(line + "\x1b[D" * len(tail), TAB)
    assert after == line and "gotraced:" not in shown


def test_a_function_of_the_command(shell):
    typed = "gotraced --func main.ho -- ./load 1"
    line, _ = shell.line_after(typed + "\x1b[D" * len(" -- ./load 1"), TAB)
    assert words_of(line) == words_of(typed.replace("main.ho", "main.hot"))


def test_a_function_of_the_binary_before_it(shell):
    both = "gotraced --binary ./matrix --func main.x --binary ./load --func "
    assert "main.hot" in shell.candidates(both + "main.")
    assert "main.hot" not in shell.candidates("gotraced --binary ./load --binary ./matrix --func main.h")


def test_the_command_is_completed_as_itself(shell):
    assert shell.complete("gotraced --func f -- ./loa") == "gotraced --func f -- ./load "
    assert shell.complete("gotraced --func f -- ls ./loa") == "gotraced --func f -- ls ./load "


@pytest.fixture
def process(shell, start):
    return start(shell.folder / "load", "60")


def test_processes_are_those_of_go_programs(shell, process):
    found = shell.candidates("gotraced --pid ")
    assert str(process.pid) in found and str(os.getpid()) not in found


def test_a_function_of_a_process(shell, process):
    line = shell.complete(f"gotraced --pid {process.pid} --func main.ho")
    assert line == f"gotraced --pid {process.pid} --func main.hot "


def test_a_large_program_is_no_wait(shell, tmp_path):
    """Debian's prometheus has more than 60000 functions."""
    fetch = [ROOT / "tools/fetch-package", "bookworm", "prometheus"]
    folder = subprocess.run(fetch, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    program = f"{folder}/usr/bin/prometheus"
    began = time.monotonic()
    line = shell.complete(f"gotraced --binary {program} --func 'github.com/prometheus/prometheus/promql.(*Engine).ex")
    assert words_of(line + "'")[-1].startswith("github.com/prometheus/prometheus/promql.(*Engine).exec")
    assert time.monotonic() - began < 5
    assert "github.com/" in shell.candidates(f"gotraced --binary {program} --func g")
