"""What functions take and give, as DWARF has it: compared with what Go says of the same program by its source and by
reflect, and with Go's calling convention."""

import json
import re
import shutil
import subprocess

import pytest
from building import minor_of
from calling import Calling
from tracing import ROOT, TIMEOUT_S

PLAIN_DESCRIBE = ROOT / "build/release/tests/readers/describe_signatures"
# One that is built with sanitizers finds more.
DESCRIBE = ROOT / "build/debug/tests/readers/describe_signatures"
if not DESCRIBE.exists():
    DESCRIBE = PLAIN_DESCRIBE
SOME_VERSIONS = ["1.15", "1.19", "1.24", "newest"]
ALL_VERSIONS = ["1.15", "1.19", "1.21", "1.22", "1.23", "1.24", "1.25", "1.26", "newest"]
MODES = ["plain", "pie", "unoptimised", "cgo", "cgo-pie"]
FEWEST_FUNCTIONS = 60


def pytest_generate_tests(metafunc):
    if "version" in metafunc.fixturenames:
        versions = ALL_VERSIONS if metafunc.config.getoption("--all") else SOME_VERSIONS
        metafunc.parametrize("version", versions, ids=[f"go{version}" for version in versions], scope="session")


@pytest.fixture(scope="session", params=MODES)
def mode(request):
    return request.param


def run(program, prefix):
    return subprocess.run([DESCRIBE, program, prefix], capture_output=True, text=True, timeout=TIMEOUT_S)


def describe(program, prefix="main."):
    done = run(program, prefix)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Both:
    """A program as it is described by DWARF and by itself."""

    def __init__(self, program, minor, mode):
        self.minor = minor
        self.is_optimised = mode != "unoptimised"
        done = subprocess.run([program], capture_output=True, text=True, timeout=TIMEOUT_S)
        assert done.returncode == 0, done.stderr
        self.true = json.loads(done.stdout)
        self.read = describe(program)
        self.same = set()

    def declared(self, function):
        return self.true["functions"][function]

    def variables(self, function):
        return self.read["functions"][function]

    def check_type(self, read, true):
        """Compares two types, and all that lead on from them."""
        left = [(read, true)]
        while left:
            pair = left.pop()
            if pair in self.same:
                continue
            self.same.add(pair)
            read, true = self.read["types"][pair[0]], self.true["types"][pair[1]]
            for key in ("name", "kind", "bytes", "elements", "has_methods"):
                assert read[key] == true[key], (key, read, true)
            for key in ("element", "key"):
                assert (read[key] is None) == (true[key] is None), (read, true)
                if read[key] is not None:
                    left.append((read[key], true[key]))
            assert len(read["fields"]) == len(true["fields"]), (read, true)
            for a, b in zip(read["fields"], true["fields"]):
                assert [a[key] for key in ("name", "off", "is_embedded")] == [
                    b[key] for key in ("name", "off", "is_embedded")
                ], (read, true)
                left.append((a["type"], b["type"]))


@pytest.fixture(scope="session")
def both(go_builds, version, mode):
    return Both(go_builds.path("signatures", version, mode), minor_of(go_builds.goroot(version)), mode)


def is_method(function):
    name = re.sub(r"\[.*\]", "", function).partition(".")[2]
    return "." in name and not re.search(r"\.func\d+$", name)


def named(declared, function, minor):
    """The variables with the names that DWARF has for them, None for those that it leaves out.

    Up to Go 1.21 it leaves out blank parameters, and numbers results among all; or so does Go 1.15, and Go 1.19 counts
    only results.
    """
    n_parameters = sum(not variable["is_result"] for variable in declared)
    n_before = n_parameters - is_method(function) if minor < 18 else 0
    for i, variable in enumerate(declared):
        name = variable["name"]
        if variable["is_result"]:
            number = i - n_parameters + n_before
            if not name:
                name = f"~r{number}"
            elif name == "_":
                name = f"~b{number}" if minor < 22 else f"~r{number}"
        elif name in ("", "_"):
            name = None if minor < 22 else f"~p{i}"
        yield name


def with_places(both, function):
    """(name, variable, place) as declared; results have no place."""
    declared = both.declared(function)
    calling = Calling(both.true["types"], both.minor >= 17)
    for name, variable in zip(named(declared, function, both.minor), declared):
        yield name, variable, None if variable["is_result"] else calling.place(variable["type"])


def in_order(both, function):
    """As DWARF orders them: Go 1.15 by their places, where what has no size comes last."""
    found = [one for one in with_places(both, function) if one[0]]
    if both.minor == 15 and both.is_optimised and not function.startswith("main.inlinable"):
        n_bytes = lambda one: both.true["types"][one[1]["type"]]["bytes"]
        parameters = [one for one in found if one[2] is not None]
        parameters.sort(key=lambda one: (one[2], n_bytes(one) == 0))
        found[: len(parameters)] = parameters
    return found


def test_variables_and_their_types_are_those_of_the_source(both):
    assert len(both.true["functions"]) >= FEWEST_FUNCTIONS
    for function in both.true["functions"]:
        expected = in_order(both, function)
        found = both.variables(function)
        assert [(one["name"], one["is_result"]) for one in found] == [
            (name, one["is_result"]) for name, one, _ in expected
        ], function
        for read, (_, true, _) in zip(found, expected):
            both.check_type(read["type"], true["type"])
    assert len(both.same) > 90


def check_whole(both, read, n_bytes):
    assert sum(piece[2] for piece in read["pieces"]) in (0, n_bytes)
    assert all(piece[2] > 0 for piece in read["pieces"])


def placed(pieces):
    """The pieces that are somewhere, by their offset in the value."""
    off, found = 0, {}
    for place, number, n_bytes in pieces:
        if place != "nowhere":
            found[off] = [place, number, n_bytes]
        off += n_bytes
    return found


def test_parameters_are_where_the_calling_convention_puts_them(both):
    n_in_registers = n_on_stack = 0
    for function in both.true["functions"]:
        for read, (name, true, place) in zip(both.variables(function), in_order(both, function)):
            what = (function, name, read, place)
            n_bytes = both.true["types"][true["type"]]["bytes"]
            check_whole(both, read, n_bytes)
            found = placed(read["pieces"])
            if place is None or n_bytes == 0:
                continue
            if isinstance(place, dict):
                if read["is_listed"]:
                    assert found == place, what
                    n_in_registers += 1
                else:
                    # What it does not use, it would put on the stack if it did, says Go 1.27; others say nothing, and
                    # Go 1.21 says nothing of one parameter here when it does not optimise.
                    assert name.startswith("~p") or not both.is_optimised, what
                    assert all(piece[0] == "stack" for piece in found.values()), what
                continue
            for off, (where, stack_off, _) in found.items():
                assert (where, stack_off) == ("stack", place + off), what
            n_on_stack += bool(found)
    assert n_on_stack > (100 if both.minor < 17 else 10)
    assert n_in_registers == 0 if both.minor < 17 else n_in_registers > 100


def test_functions_with_type_parameters_are_told_by_their_shapes(go_builds, version):
    """Their types have other names, but look the same. A dictionary is handed to them, as the first parameter or behind
    the receiver; up to Go 1.26 DWARF does not have it."""
    minor = minor_of(go_builds.goroot(version))
    both = Both(go_builds.path("signatures", version, "plain"), minor, "plain")
    assert len(both.true["generics"]) == (4 if minor >= 18 else 0)
    for function, declared in both.true["generics"].items():
        found = both.variables(numbered(function, minor))
        n_before = 1 if is_method(function) and minor > 20 else 0
        if minor > 26:
            assert found.pop(n_before)["name"] == ".dict"
        assert [one["name"] for one in found] == list(named(declared, function, minor))
        calling = Calling(both.true["types"], True)
        for i, (read, true) in enumerate(zip(found, declared)):
            a, b = both.read["types"][read["type"]], both.true["types"][true["type"]]
            assert (a["kind"], a["bytes"], a["elements"]) == (b["kind"], b["bytes"], b["elements"])
            assert not a["name"].startswith(".param")
            if i == n_before:
                calling.n_integers += 1
            if not read["is_result"]:
                assert placed(read["pieces"]) == calling.place(true["type"])


def numbered(name, minor):
    """Up to Go 1.20 shapes are numbered in symbols."""
    if minor > 20:
        return name
    begin, end = name.index("["), name.rindex("]")
    shapes = name[begin + 1 : end].split(",")
    return name[:begin] + "[" + ",".join(f"{shape}_{i}" for i, shape in enumerate(shapes)) + "]" + name[end + 1 :]


def test_all_functions_of_a_program_can_be_told(both, go_builds, version, mode):
    read = describe(go_builds.path("signatures", version, mode), "")
    missing = {name for name, one in read["functions"].items() if one is None}
    assert len(read["functions"]) > 1000
    # What is no function, but padding.
    assert all(name.startswith("go:textfips") for name in missing), missing
    assert not read["is_cut"]
    # A type that is not known is one of C.
    assert all("_Ctype_" in one["name"] for one in read["types"] if one["kind"] == 0)


@pytest.mark.parametrize("how", ["none", "zlib-gnu", "zlib-gabi"])
def test_dwarf_may_be_compressed(go_builds, version, tmp_path, how):
    program = go_builds.path("signatures", version, "plain")
    subprocess.run(["objcopy", f"--compress-debug-sections={how}", program, tmp_path / how], check=True)
    assert describe(tmp_path / how) == describe(program)


def test_a_stripped_program_has_none(go_builds, version):
    done = run(go_builds.path("signatures", version, "stripped"), "main.")
    assert done.returncode == 1 and "has no DWARF" in done.stderr


def test_dwarf_may_be_in_a_file_of_its_own(go_builds, version, tmp_path):
    program, debug = tmp_path / "server", tmp_path / "server.debug"
    whole = go_builds.path("signatures", version, "plain")
    shutil.copy(whole, program)
    subprocess.run(["objcopy", "--only-keep-debug", program, debug], check=True)
    subprocess.run(["objcopy", "--strip-all", f"--add-gnu-debuglink={debug}", program], check=True)
    assert describe(program) == describe(whole)
    debug.unlink()
    assert "has no DWARF" in run(program, "main.").stderr
