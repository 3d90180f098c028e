"""All functions of a large program, against what the symbol table and Go's own disassembler say of it.

The program is the toolchain's own compiler, of 9 000 to 20 000 functions. Debian's is stripped, so it is built anew,
which takes a minute or two where the Go cache does not have it. gotraced reads functions and their names from the
function table (pclntab) and finds their ends and their RETs itself, none of which is where these tools look.

What is different, and rightly so:
- The symbol table has runtime.text and runtime.etext beside the functions: where the code begins and ends.
- It has the ABI in the names of assembly functions and wrappers (.abi0, .abiinternal), which the function table lacks,
  and a full stop where that has the middle dot of a type declared in a function.
- It gives a byte to the marks go:textfipsstart and go:textfipsend, which is the padding after them.
- Go's disassembler does not know every vector instruction. After one it reads on from its second byte, and so misses a
  RET or sees one that is part of another instruction. That is so only in assembly, where the disassembler of binutils
  then has the last word.
"""

import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from building import NEWEST_GO, go_environment
from tracing import GOTRACED, ROOT, TIMEOUT_S

ALL = 1_000_000
PADDING = {"go:textfipsstart", "go:textfipsend"}


class Toolchain:
    """A version of Go, and its compiler built by itself."""

    def __init__(self, goroot):
        self.go = f"{goroot}/bin/go"
        self.env = go_environment(goroot)
        self.compiler = ROOT / "build/tests/go/compile" / Path(goroot).name
        argv = [self.go, "build", "-o", self.compiler, "cmd/compile"]
        made = subprocess.run(argv, cwd="/", env=self.env, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr

    def lines(self, tool, *options):
        """What a tool says of the compiler, line by line: the disassembly is some 150 MB."""
        argv = [self.go, "tool", tool, *options, self.compiler]
        with subprocess.Popen(argv, env=self.env, stdout=subprocess.PIPE, text=True) as process:
            yield from process.stdout
        assert process.returncode == 0, f"go tool {tool}"

    def symbols(self):
        """By address, the names and sizes of the symbols there that are code."""
        found = defaultdict(dict)
        for line in self.lines("nm", "-size"):
            address, size, kind, name = line.rstrip("\n").lstrip().split(maxsplit=3)
            if kind in "Tt":
                found[int(address, 16)][name] = int(size)
        return found

    def instructions(self):
        """Each instruction: its address, its text, its source file, and whether it is the first of its function."""
        is_first = False
        for line in self.lines("objdump"):
            if line.startswith("TEXT "):
                is_first = True
            elif line.strip():
                source, address, _, text = filter(None, line.strip().split("\t"))
                yield int(address, 16), text, source.rpartition(":")[0], is_first
                is_first = False


def returns_by_binutils(binary, planned):
    """The RETs of one function, in the eyes of a disassembler that knows all instructions."""
    start = planned["entry_va"]
    within = [f"--start-address={start:#x}", f"--stop-address={start + planned['bytes']:#x}"]
    argv = ["objdump", "-d", "--no-show-raw-insn", *within, binary]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    return [int(va, 16) for va in re.findall(r"^ *([0-9a-f]+):\tret\b", done.stdout, re.MULTILINE)]


def own_returns(planned):
    """The RETs inside the function; one that is left by a jump may also have those of the jump's target."""
    start, end = planned["entry_va"], planned["entry_va"] + planned["bytes"]
    return [va for va in planned["return_vas"] if start <= va < end]


def as_in_the_symbol_table(name):
    """The names that a function of this name may have as a symbol."""
    name = name.replace("·", ".")
    return {name, f"{name}.abi0", f"{name}.abiinternal"}


@pytest.fixture(scope="module", params=["1.15", "1.19", "1.24", NEWEST_GO], ids=lambda version: f"go{version}")
def toolchain(request, go_builds):
    return Toolchain(go_builds.goroot(request.param))


@pytest.fixture(scope="module")
def plan(toolchain):
    """What gotraced would do with each function, by its address."""
    argv = [GOTRACED, "--plan", "--format", "json", "--binary", toolchain.compiler]
    argv += ["--func", "*", "--max-functions", str(ALL)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    every = [json.loads(line) for line in done.stdout.splitlines()]
    by_address = {planned["entry_va"]: planned for planned in every}
    assert len(by_address) == len(every) > 9000
    # What is refused is compared by its reason only.
    assert sum("refused" in planned for planned in every) < 0.2 * len(every)
    return by_address


def test_the_functions_are_those_of_the_symbol_table(toolchain, plan):
    symbols = toolchain.symbols()
    (end,) = (address for address, sizes in symbols.items() if "runtime.etext" in sizes)
    assert sorted(plan) == sorted(address for address in symbols if address != end)
    assert end >= max(planned["entry_va"] + planned["bytes"] for planned in plan.values())
    for address, planned in plan.items():
        sizes = symbols[address]
        sizes.pop("runtime.text", None)
        ((name, size),) = sizes.items()
        assert name in as_in_the_symbol_table(planned["function"])
        assert planned["bytes"] == (0 if name in PADDING else size), name


def test_the_sites_are_where_go_sees_them(toolchain, plan):
    sites = {planned["entry_site_va"] for planned in plan.values() if "refused" not in planned}
    text_at, returns, sources, checked, seen = {}, defaultdict(list), defaultdict(set), set(), []
    for address, text, source, is_first in toolchain.instructions():
        if is_first:
            start = address
            seen.append(start)
        if address in sites:
            text_at[address] = text
        if text.startswith("RET"):
            returns[start].append(address)
        if text.startswith("CALL runtime.morestack"):
            checked.add(start)
        sources[start].add(source)
    assert sorted(seen) == sorted(plan)
    for start, planned in plan.items():
        function = planned["function"]
        if "refused" in planned:
            if "never returns" in planned["refused"]:
                assert not returns[start], function
            if "nothing but a RET" in planned["refused"]:
                assert returns[start] == [start], function
            continue
        if own_returns(planned) != returns[start]:
            assert any(source.endswith(".s") for source in sources[start]), function
            assert own_returns(planned) == returns_by_binutils(toolchain.compiler, planned), function
        # Go 1.15 writes PUSHL of a 64-bit register.
        opens = {"jbe": "JBE ", "push": ("PUSHQ BP", "PUSHL BP")}.get(planned["entry_kind"], "")
        assert text_at[planned["entry_site_va"]].startswith(opens), function
        if planned["entry_kind"] == "first":
            assert planned["entry_site_va"] == start, function
        assert (planned["entry_kind"] == "jbe") == (start in checked), function
