# SPDX-License-Identifier: GPL-2.0-or-later
"""DWARF that is made to take for ever, or to lead out of bounds: reading signatures ends, and what is read is sound."""

import json
import struct
import subprocess
import zlib

import pytest
from tracing import ROOT

DESCRIBE = ROOT / "build/release/tests/readers/describe_signatures"
# The process that reads may take five seconds of the processor's time, and gotraced needs far less.
TIMEOUT_S = 60
MAX_TYPES = 65536
INT32, STRUCT, POINTER, SLICE, ARRAY, UNKNOWN = 5, 25, 22, 23, 17, 0

# Numbers of abbreviations, and what they have: tag, has it children, and pairs of attribute and form.
NAME, TYPE, SIZE, KIND = (0x03, 0x08), (0x49, 0x10), (0x0B, 0x0F), (0x2900, 0x0B)
ABBREVIATIONS = {
    "unit": (1, 0x11, True, [NAME, (0x11, 0x01), (0x12, 0x07)]),
    "function": (2, 0x2E, True, [(0x11, 0x01)]),
    "parameter": (3, 0x05, False, [NAME, TYPE]),
    "struct": (4, 0x13, True, [NAME, SIZE, KIND]),
    "member": (5, 0x0D, False, [NAME, TYPE, (0x38, 0x0F)]),
    "base": (6, 0x24, False, [NAME, SIZE, KIND]),
    "pointer": (7, 0x0F, False, [NAME, TYPE, KIND]),
    "typedef": (8, 0x16, False, [NAME, TYPE]),
    "array": (9, 0x01, True, [NAME, TYPE, SIZE, KIND]),
    "range": (10, 0x21, False, [(0x37, 0x0F)]),
    "block": (11, 0x0B, True, []),
    "sibling": (12, 0x0B, False, [(0x01, 0x10)]),
    "location": (13, 0x05, False, [NAME, TYPE, (0x02, 0x0A)]),
    "slice": (14, 0x13, False, [NAME, SIZE, KIND, (0x2902, 0x10)]),
}
FORMS = {0x01: "<Q", 0x07: "<Q", 0x0B: "<B", 0x10: "<I"}


def uleb(value):
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def abbreviations():
    out = b""
    for number, tag, has_children, pairs in ABBREVIATIONS.values():
        out += uleb(number) + uleb(tag) + bytes([has_children])
        out += b"".join(uleb(attribute) + uleb(form) for attribute, form in pairs) + b"\0\0"
    return out + b"\0"


class Dwarf:
    """The DIEs of a unit that covers all addresses, one behind the other."""

    def __init__(self):
        self.data = bytearray(struct.pack("<IHIB", 0, 4, 0, 8))
        self.add("unit", "main", 0, 1 << 62)

    def here(self):
        return len(self.data)

    def size(self, what, name=""):
        """The bytes of a DIE with small numbers."""
        before = len(self.data)
        self.add(what, *[name if form == 0x08 else 0 for _, form in ABBREVIATIONS[what][3]])
        n = len(self.data) - before
        del self.data[before:]
        return n

    def add(self, what, *values):
        """A DIE with the values of its attributes; where it is."""
        at = self.here()
        number, _, _, pairs = ABBREVIATIONS[what]
        self.data += uleb(number)
        for (_, form), value in zip(pairs, values):
            if form == 0x08:
                self.data += value.encode() + b"\0"
            elif form == 0x0F:
                self.data += uleb(value)
            elif form == 0x0A:
                self.data += bytes([len(value)]) + value
            else:
                self.data += struct.pack(FORMS[form], value)
        return at

    def end(self, n=1):
        self.data += bytes(n)

    def function(self, va, *types):
        self.add("function", va)
        for i, one in enumerate(types):
            self.add("parameter", f"p{i}", one)
        self.end()

    def information(self):
        self.end()
        struct.pack_into("<I", self.data, 0, len(self.data) - 4)
        return bytes(self.data)


class Program:
    """A real program with other DWARF."""

    def __init__(self, whole, folder):
        self.whole, self.folder = whole, folder
        symbols = subprocess.run(["nm", whole], capture_output=True, text=True, check=True).stdout
        self.va = next(int(line.split()[0], 16) for line in symbols.splitlines() if line.endswith(" T main.main"))

    def run(self, information):
        if isinstance(information, Dwarf):
            information = information.information()
        program = self.folder / "program"
        sections = {"info": information, "abbrev": abbreviations()}
        for name, content in sections.items():
            (self.folder / name).write_bytes(content)
        add = [f"--add-section=.debug_{name}={self.folder / name}" for name in sections]
        subprocess.run(["objcopy", "--strip-debug", *add, self.whole, program], check=True)
        argv = [DESCRIBE, program, "main.main"]
        return subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)

    def read(self, information):
        done = self.run(information)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return found, found["functions"]["main.main"]


@pytest.fixture
def program(go_builds, tmp_path):
    return Program(go_builds.path("tiny", "newest", "plain"), tmp_path)


def kinds(found):
    return {one["name"]: one["kind"] for one in found["types"]}


def test_without_a_bomb_it_is_read(program):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    pair = dwarf.add("struct", "main.pair", 8, STRUCT)
    dwarf.add("member", "a", int32, 0)
    dwarf.add("member", "b", int32, 4)
    dwarf.end()
    dwarf.function(program.va, int32, pair)
    found, variables = program.read(dwarf)
    assert [one["name"] for one in variables] == ["p0", "p1"]
    assert kinds(found) == {"int32": INT32, "main.pair": STRUCT} and not found["is_cut"]


def test_a_chain_of_very_many_types_is_cut(program):
    dwarf = Dwarf()
    first, n_bytes = dwarf.here(), dwarf.size("pointer", "*")
    for i in range(100_000):
        dwarf.add("pointer", "*", first + (i + 1) * n_bytes, POINTER)
    dwarf.add("base", "int32", 4, INT32)
    dwarf.function(program.va, first)
    found, _ = program.read(dwarf)
    assert found["is_cut"] and len(found["types"]) == MAX_TYPES
    assert found["types"][-1]["element"] is None and found["types"][-2]["element"] == MAX_TYPES - 1


def test_parts_of_values_are_told_when_types_are_cut(program):
    """By their names and sizes."""
    dwarf = Dwarf()
    bases = [dwarf.add("base", f"int32-{i}", 4, INT32) for i in range(70_000)]
    large = dwarf.add("struct", "main.large", 4 * len(bases), STRUCT)
    for i, base in enumerate(bases):
        dwarf.add("member", "f", base, 4 * i)
    dwarf.end()
    dwarf.function(program.va, large)
    found, _ = program.read(dwarf)
    assert found["is_cut"] and len(found["types"]) == len(bases) + 1
    assert len(found["types"][0]["fields"]) == len(bases)
    assert found["types"][-1] == {**found["types"][1], "name": "int32-69999", "kind": UNKNOWN}


def test_more_parts_than_are_taken_make_a_type_unknown(program):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    large = dwarf.add("struct", "main.large", 8 << 20, STRUCT)
    for i in range((1 << 20) + 1):
        dwarf.add("member", "f", int32, 4 * i)
    dwarf.end()
    dwarf.function(program.va, large, int32)
    found, _ = program.read(dwarf)
    assert kinds(found) == {"main.large": UNKNOWN, "int32": INT32}


def test_typedefs_in_a_circle_are_of_no_known_kind(program):
    dwarf = Dwarf()
    first = dwarf.here()
    second = first + dwarf.size("typedef", "main.a")
    dwarf.add("typedef", "main.a", second)
    dwarf.add("typedef", "main.b", first)
    dwarf.function(program.va, first)
    assert kinds(program.read(dwarf)[0]) == {"main.a": UNKNOWN}


def test_pointers_in_a_circle_are_what_they_are(program):
    dwarf = Dwarf()
    first = dwarf.here()
    dwarf.add("pointer", "*", first, POINTER)
    dwarf.function(program.va, first)
    found, _ = program.read(dwarf)
    assert found["types"][0]["element"] == 0


def test_a_struct_that_is_a_part_of_itself_is_refused(program):
    dwarf = Dwarf()
    first = dwarf.add("struct", "main.self", 8, STRUCT)
    dwarf.add("member", "self", first, 0)
    dwarf.end()
    dwarf.function(program.va, first)
    done = program.run(dwarf)
    assert done.returncode == 1 and "could not be read" in done.stderr


def test_structs_that_do_not_fit_are_of_no_known_kind(program):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    wrong = []
    for offs in ((8, 0), (0, 2), (0, 5), (1 << 63, 0)):
        wrong.append(dwarf.add("struct", f"main.s{len(wrong)}", 8, STRUCT))
        for off in offs:
            dwarf.add("member", "f", int32, off)
        dwarf.end()
    wrong.append(dwarf.add("array", "[3]int32", int32, 8, ARRAY))
    dwarf.add("range", 3)
    dwarf.end()
    wrong.append(dwarf.add("slice", "[]int32", 8, SLICE, int32))
    wrong.append(dwarf.add("base", "int33", 5, INT32))
    wrong.append(dwarf.add("struct", "main.huge", 1 << 62, STRUCT))
    dwarf.end()
    dwarf.function(program.va, *wrong)
    found, variables = program.read(dwarf)
    assert len(variables) == len(wrong)
    assert all(found["types"][one["type"]]["kind"] == UNKNOWN for one in variables)


def test_siblings_that_lead_back_come_to_an_end(program):
    dwarf = Dwarf()
    first = dwarf.here()
    dwarf.add("block")
    dwarf.end()
    dwarf.add("sibling", first)
    dwarf.function(program.va)
    _, variables = program.read(dwarf)
    assert variables is None


def test_types_that_lead_nowhere_make_a_function_unknown(program):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    dwarf.function(program.va, int32, 0xFFFFFF)
    _, variables = program.read(dwarf)
    assert variables is None


def test_a_function_of_very_many_parameters_is_not_known(program):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    dwarf.function(program.va, *[int32] * 100_000)
    _, variables = program.read(dwarf)
    assert variables is None


def test_blocks_in_blocks_are_passed_by(program):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    dwarf.add("function", program.va)
    for _ in range(500_000):
        dwarf.add("block")
    dwarf.end(500_000)
    dwarf.add("parameter", "p", int32)
    dwarf.end()
    _, variables = program.read(dwarf)
    assert [one["name"] for one in variables] == ["p"]


def test_very_many_functions_at_one_address_are_one(program):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    for _ in range(100_000):
        dwarf.function(program.va, int32)
    _, variables = program.read(dwarf)
    assert len(variables) == 1


def test_names_that_cannot_be_shown_are_not(program):
    dwarf = Dwarf()
    name = "\x1b[2J"
    int32 = dwarf.add("base", name, 4, INT32)
    pair = dwarf.add("struct", "x" * 100_000, 4, STRUCT)
    dwarf.add("member", name, int32, 0)
    dwarf.end()
    dwarf.add("function", program.va)
    dwarf.add("parameter", name, pair)
    dwarf.end()
    found, variables = program.read(dwarf)
    assert variables[0]["name"] == "?" and [one["name"] for one in found["types"]] == ["?", "?"]
    assert found["types"][0]["fields"][0]["name"] == "?"


@pytest.mark.parametrize(
    "expression",
    [
        b"\x91\x80\x80\x80\x80\x80\x80\x80\x80\xc0\x00",  # far away on the stack
        b"\x9c\x06",  # what the frame's address points to
        b"\x50\x93\xff\xff\xff\xff\xff\xff\xff\xff\x7f",  # very much of RAX
        b"\x93\x00" * 50,
        b"\x50\x93\x01" * 42,  # more pieces than there are bytes
        b"\x61\x93\x01",  # of XMM0, and no more
        b"\x31\x31\x31",
        b"\x2f\xfd\xff",  # a jump back
    ],
)
def test_places_that_make_no_sense_are_none(program, expression):
    dwarf = Dwarf()
    int32 = dwarf.add("base", "int32", 4, INT32)
    dwarf.add("function", program.va)
    dwarf.add("location", "p", int32, expression)
    dwarf.end()
    _, variables = program.read(dwarf)
    assert variables[0]["pieces"] == [] and not variables[0]["is_listed"]


def test_what_unpacks_to_very_much_is_given_up(program):
    """A gigabyte of zeros, which is some megabytes when compressed."""
    packer = zlib.compressobj(1)
    zeros = bytes(1 << 20)
    packed = b"".join(packer.compress(zeros) for _ in range(1 << 10)) + packer.flush()
    # As .zdebug_info has it.
    (program.folder / "packed").write_bytes(b"ZLIB" + struct.pack(">Q", 1 << 30) + packed)
    path = program.folder / "program"
    add = [f"--add-section=.zdebug_info={program.folder / 'packed'}"]
    subprocess.run(["objcopy", "--strip-debug", *add, program.whole, path], check=True)
    done = subprocess.run([DESCRIBE, path, "main.main"], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 1 and "could not be read" in done.stderr


@pytest.mark.parametrize("garbage", [b"\xff" * 4096, b"\0" * 4096, b"\x01", bytes(range(256)) * 64])
def test_garbage_could_not_be_read(program, garbage):
    done = program.run(garbage)
    assert done.returncode == 1 and "could not be read" in done.stderr, done.stdout
