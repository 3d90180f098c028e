"""Which functions and source lines an address belongs to, compared with what the Go runtime says of its own code."""

import subprocess
from typing import NamedTuple

import pytest
from building import minor_of, source_lines
from stacks import as_printed
from tracing import TIMEOUT_S

# Bytes between the addresses that are looked at; each function's first is looked at besides.
STEP = 37
FIRST_ONLY = 1 << 40

# Of these a stack trace shows that a wrapper called them.
PANICS = {"runtime.gopanic", "runtime.sigpanic", "runtime.panicwrap"}


class Frame(NamedTuple):
    function: str
    file: str
    line: int
    kind: str = ""

    @property
    def is_wrapper(self):
        return "wrapper" in self.kind


def parse(text):
    """The frames of each address, innermost first."""
    found = {}
    for line in text.splitlines():
        pc, function, file, number, *kind = line.split("\t")
        # Marks of the linker's, which are no code.
        if not function.startswith("go:"):
            found.setdefault(int(pc), []).append(Frame(function, file, int(number), *kind))
    return found


def as_shown(frames, minor, is_first_shown, is_last_shown):
    """The frames of an address that the runtime shows: a wrapper is left out unless it called a panic."""
    for i, frame in enumerate(frames):
        callee = frames[i - 1].function if i else None
        is_end = is_first_shown and i == 0 or is_last_shown and i == len(frames) - 1
        if is_end or not frame.is_wrapper or callee in PANICS:
            yield as_printed(frame.function, minor), frame.file, frame.line


class Program:
    """A program that knows its own frames, and what is read of them from its file."""

    def __init__(self, path, look):
        self.path = path
        self.look = look
        self.firsts = parse(look("frames", path, str(FIRST_ONLY)))
        self.anchor = next(pc - 1 for pc, frames in self.firsts.items() if frames[-1].function == "main.anchor")
        # The runtime takes a name at the very start of its table for none.
        (at_start,) = set(self.nameless()) or {""}
        self.name_at_start = at_start

    def run(self, *arguments, addresses=()):
        argv = [self.path, str(self.anchor), *arguments]
        given = "".join(f"{address}\n" for address in addresses)
        done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=TIMEOUT_S)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def nameless(self):
        for pc, frames in parse(self.run("pcs", addresses=self.firsts)).items():
            if not frames[-1].function:
                yield self.firsts[pc][-1].function

    def say(self, text):
        """What the program said."""
        return {
            pc: [(frame.function or self.name_at_start, frame.file, frame.line) for frame in frames]
            for pc, frames in parse(text).items()
        }

    def stacks(self):
        for stack in self.run().split("\n\n")[:-1]:
            pcs = [int(line.split("\t")[0]) for line in stack.splitlines()]
            said = [frames for line in stack.splitlines() for frames in self.say(line).values()]
            yield pcs, [frame for frames in said for frame in frames]


@pytest.fixture
def program(go_builds, release, mode, look):
    return Program(go_builds.path("frames", release, mode), look)


@pytest.fixture
def minor(go_builds, release):
    return minor_of(go_builds.goroot(release))


def test_addresses_everywhere_have_the_frames_that_the_runtime_finds(program, minor):
    """An address that was inlined has several; the runtime leaves out wrappers, but not one alone."""
    found = parse(program.look("frames", program.path, str(STEP)))
    said = program.say(program.run("pcs", addresses=found))
    assert len(found) > 10000 and max(map(len, found.values())) >= 4
    differing = [
        (hex(pc), frames, said.get(pc))
        for pc, frames in found.items()
        if list(as_shown(frames, minor, len(frames) == 1, len(frames) == 1 or minor < 21)) != said.get(pc)
    ]
    assert differing[:3] == []


def test_call_stacks_are_those_that_the_program_sees(program, minor):
    """Each address of a stack is looked up; one in inlined code has the frames of those that follow as well."""
    depths, wrappers = [], 0
    for pcs, said in program.stacks():
        read = parse(program.look("frames", program.path, addresses=set(pcs)))
        for i, pc in enumerate(pcs):
            shown = list(as_shown(read[pc], minor, True, False))
            assert shown == said[i : i + len(shown)]
            depths.append(len(read[pc]))
            wrappers += len(read[pc]) - len(shown)
    assert len(depths) > 100 and max(depths) >= 4 and wrappers > 0


def test_what_is_inlined_is_told_from_the_function_itself(program):
    for frames in program.firsts.values():
        assert ["inlined" in frame.kind for frame in frames] == [True] * (len(frames) - 1) + [False]


def test_an_address_outside_of_the_code_has_no_frames(program):
    first, end = min(program.firsts) - 1, max(program.firsts) << 8
    assert program.look("frames", program.path, addresses=[0, 1, first - 1, end, 2**64 - 1]) == ""


def test_functions_begin_where_addr2line_says(go_builds, release, look):
    """A tool of Go's that reads the file as well; in old releases it needs symbols and fixed addresses."""
    program = Program(go_builds.path("frames", release, "plain"), look)
    said = source_lines(go_builds.goroot(release), program.path, [pc - 1 for pc in program.firsts])
    assert len(said) == len(program.firsts)
    read = [f"{frames[0].file}:{frames[0].line}" for frames in program.firsts.values()]
    assert [pair for pair in zip(read, said) if pair[0] != pair[1]] == []
