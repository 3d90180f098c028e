"""The guide in docs/ does what it says: each of its commands is run, and prints what stands below it.

A block of the guide is one of two kinds. In one that is marked as console, lines that begin with "$ " are commands, in
which lines that begin with "> " go on, and what follows is their output. One that is marked as go is a part of a program
in tests/go/examples. The commands of a page are run in their order by one shell, which has run the first block of the
first page before.

Outputs are compared by their shape. With --rebase they are written into the guide instead.
"""

import difflib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from building import cache_folder, go_environment
from shape import shape
from tracing import GOTRACED, ROOT

DOCS = ROOT / "docs"
FIRST = DOCS / "README.md"
PAGES = [FIRST, *sorted(path for path in DOCS.glob("*.md") if path != FIRST)]
EXAMPLES = ROOT / "tests/go/examples"
GO = "1.24"
# Where the guide says that it works; a run of the test has a folder of its own for it.
FOLDER = "/tmp/guide"
LIMIT_S = 240
# What tells of fetching only when something is not in the cache yet.
FETCHING = re.compile(r"\$repo/(tools/(?:fetch-package|go-toolchain) [^)]*)")
OF_ENDED_JOB = re.compile(r"^\[\d+\][+-]?\s+(Terminated|Done|Exit|Killed|Aborted)|: +\d+ Terminated|^\(wd now: ")


class Block:
    def __init__(self, kind, line, lines):
        self.kind = kind
        self.line = line  # the number of its first one
        self.lines = lines


class Command:
    def __init__(self, line, text):
        self.line = line
        self.text = text
        self.n_lines = 1
        self.output = []


def blocks(page):
    found, opened = [], None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("```"):
            if opened:
                found.append(opened)
                opened = None
            else:
                opened = Block(line[3:], number + 1, [])
        elif opened:
            opened.lines.append(line)
    assert not opened, f"{page.name}: the block at line {opened.line} does not end"
    return found


def commands(of):
    found = []
    for block in of:
        if block.kind != "console":
            continue
        for number, line in enumerate(block.lines, block.line):
            if line.startswith("$ "):
                found.append(Command(number, line[2:]))
            elif line.startswith("> "):
                found[-1].text += "\n" + line[2:]
                found[-1].n_lines += 1
            else:
                found[-1].output.append(line)
    return found


def processes_of(session):
    """Those that are in a session of processes, whatever has become of their parents."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            yield int(stat.parent.name)


class Shell:
    """Runs commands in their order, in a folder, and has what each printed and its exit status."""

    def __init__(self, folder):
        self.folder = folder / "guide"
        self.results = folder / "results"
        self.results.mkdir()

    def with_own_places(self, text):
        return text.replace(FOLDER, str(self.folder)).replace("$PWD/build/release", str(GOTRACED.parent))

    def with_places_of_the_guide(self, text):
        return text.replace(str(self.folder), FOLDER).replace(str(cache_folder()), "CACHE")

    def run(self, texts):
        script = self.results / "script"
        script.write_text(
            # Job control, or what runs in the background would ignore SIGINT.
            "set -m\n"
            + "".join(
                f"{{ {self.with_own_places(text)}\n}} </dev/null >{self.results}/{i} 2>&1\n"
                f"echo $? >{self.results}/{i}.status\n"
                for i, text in enumerate(texts)
            )
        )
        shell = subprocess.Popen(["bash", "--norc", script], cwd=ROOT, env=self.environment(), start_new_session=True)
        try:
            shell.wait(LIMIT_S)
        finally:
            self.end(shell)

    def environment(self):
        """That of somebody who has built gotraced, and nothing else."""
        goroot = subprocess.run([ROOT / "tools/go-toolchain", GO], stdout=subprocess.PIPE, text=True, check=True)
        go = go_environment(goroot.stdout.strip())
        env = {name: go[name] for name in ("GOCACHE", "GOPATH", "GOPROXY")}
        for name in ("GOTRACED_CACHE", "XDG_CACHE_HOME", "HOME"):
            if name in os.environ:
                env[name] = os.environ[name]
        return {**env, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def end(self, shell):
        end = time.monotonic() + 10
        how = signal.SIGTERM
        while left := list(processes_of(shell.pid)):
            for pid in left:
                try:
                    os.kill(pid, how)
                except ProcessLookupError:
                    pass
            if time.monotonic() > end:
                how = signal.SIGKILL
            time.sleep(0.05)
        shell.wait()

    def status(self, i):
        path = self.results / f"{i}.status"
        return int(path.read_text()) if path.exists() else None

    def output(self, i):
        """What a shell tells of jobs that have ended comes when it likes, and is left out."""
        lines = self.with_places_of_the_guide((self.results / str(i)).read_text()).splitlines()
        return [line for line in lines if not OF_ENDED_JOB.search(line)]


@pytest.fixture
def shell():
    """Not below pytest's own folder, whose name has numbers."""
    folder = ROOT / "build/tests/guide" / str(os.getpid())
    folder.mkdir(parents=True)
    yield Shell(folder)
    shutil.rmtree(folder)


def fetch_for(page):
    for words in FETCHING.findall(page.read_text()):
        subprocess.run(words.split(), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def rebase(page, found, outputs):
    lines = page.read_text().splitlines()
    for command, output in reversed(list(zip(found, outputs))):
        begin = command.line - 1 + command.n_lines
        lines[begin : begin + len(command.output)] = [line.rstrip() for line in output]
    page.write_text("\n".join(lines) + "\n")


def difference(page, command, output):
    expected, found = shape(command.output), shape(output)
    if expected == found:
        return ""
    lines = difflib.unified_diff(expected, found, "expected", "found", lineterm="", n=1)
    return f"{page.name}:{command.line}: {command.text}\n" + "\n".join([*lines, "which was:", *output, ""])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_commands_print_what_it_says(page, shell, request):
    before = [] if page == FIRST else commands(blocks(FIRST)[:1])
    found = commands(blocks(page))
    fetch_for(page)
    shell.run([command.text for command in [*before, *found]])
    outputs = []
    for i, command in enumerate([*before, *found]):
        status = shell.status(i)
        assert status is not None, f"{page.name}:{command.line}: does not end: {command.text}"
        assert status == 0, f"{page.name}:{command.line}: {command.text}: status {status}: {shell.output(i)}"
        outputs.append(shell.output(i))
    outputs = outputs[len(before) :]
    if request.config.getoption("--rebase"):
        rebase(page, found, outputs)
        return
    wrong = "\n".join(filter(None, (difference(page, command, output) for command, output in zip(found, outputs))))
    assert not wrong, wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_has_no_block_that_is_not_checked(page):
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        assert block.kind in ("console", "go"), f"{where}: a block of '{block.kind}'"
        if block.kind == "console":
            assert block.lines[0].startswith("$ "), f"{where}: it does not begin with a command"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_code_it_shows_is_that_of_the_examples(page):
    sources = [path.read_text() for path in EXAMPLES.glob("*/*.go")]
    for block in blocks(page):
        if block.kind == "go":
            code = "\n".join(block.lines)
            assert any(code in source for source in sources), f"{page.name}:{block.line}: in no example"


def test_its_pages_are_reached_from_the_first():
    for page in PAGES[1:]:
        assert f"]({page.name})" in FIRST.read_text(), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name}: {target}"
