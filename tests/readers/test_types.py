"""What the file of a program says of its types, compared with what the program says by reflection."""

import subprocess
from typing import NamedTuple

import pytest
from tracing import TIMEOUT_S

FIRST_ONLY = 1 << 40
POINTER, ARRAY = 22, 17


class Type(NamedTuple):
    name: str
    kind: int
    size: int
    is_direct: bool
    element: int
    length: int
    fields: str


def parse(text):
    found = {}
    for line in text.splitlines():
        address, name, kind, size, is_direct, element, length, fields = line.split("\t")
        found[int(address)] = Type(name, int(kind), int(size), is_direct == "true", int(element), int(length), fields)
    return found


def anchor_of(path, look):
    for line in look("frames", path, str(FIRST_ONLY)).splitlines():
        pc, function, *_ = line.split("\t")
        if function == "main.anchor":
            return int(pc) - 1
    raise AssertionError("the program has no main.anchor")


@pytest.fixture
def said(go_builds, release, mode, look):
    """The types of the program by the addresses of their descriptors, which it has at run time."""
    path = go_builds.path("types", release, mode)
    argv = [path, str(anchor_of(path, look))]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    return path, parse(done.stdout)


def is_made_at_run_time(one):
    return one.name.endswith("]main.lonely")


def test_types_are_those_that_reflection_tells(said, look):
    path, types = said
    read = parse(look("types", path, addresses=types))
    assert read == {address: one for address, one in types.items() if not is_made_at_run_time(one)}
    assert len(read) > 180 and len(types) == len(read) + 2
    assert {one.kind for one in read.values()} == set(range(1, 27))
    assert sum(one.fields.count(":") for one in read.values()) > 100
    names = {one.name for one in read.values()}
    assert {"*errors.errorString", "*fmt.wrapError", "syscall.Errno", "time.Duration", "main.point"} <= names


def test_elements_are_types_as_well(said, look):
    path, types = said
    read = parse(look("types", path, addresses=types))
    pointers = {one.name: one.element for one in read.values() if one.kind == POINTER}
    elements = parse(look("types", path, addresses=pointers.values()))
    assert all(name == f"*{elements[element].name}" for name, element in pointers.items())
    assert "[2][4]main.point" in {one.name for one in read.values() if one.kind == ARRAY and one.length == 2}


def test_an_address_outside_of_the_types_has_none(said, look):
    path, types = said
    inside = [address for address, one in types.items() if not is_made_at_run_time(one)]
    outside = [0, 8, min(inside) - (16 << 20), max(inside) + (16 << 20), 2**63, 2**64 - 8]
    odd = [address + shift for address in inside for shift in (1, 4)]
    assert look("types", path, addresses=[address % 2**64 for address in outside + odd]) == ""
