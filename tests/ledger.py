"""What the ledger of tests/go/ledger says of calls, as doc/report.schema.json and gotraced(1) have it that values are told.

The ledger has each value whole, taken apart by Go's own reflection. Here is what gotraced is to make of it: which parts
are in floating point registers, by the rules of cmd/compile/abi-internal.md, and how much is taken of the rest.
"""

import base64
import json
import re
import struct

INTEGER_REGISTERS = 9
REAL_REGISTERS = 15
ELEMENTS = 8
STEP_BYTES = 1024
TARGET_BYTES = 256
DEEPEST = 6
LARGEST_NUMBER = 2**63 - 1

# Up to Go 1.21 DWARF leaves out parameters called "_". Where one may lie before results that are on the stack, these may
# be anywhere; but unoptimised programs say where.
ARE_HIDDEN = range(17, 22)
BEHIND_HIDDEN = {"main.blankStacked"}

# Types that instances of generic functions are known by, where the compiler makes one for all of the same shape.
SHAPES = {"struct { A int8; B int64; C int16 }": "main.padded"}

UNREACHABLE = {"unreachable": True}
UNREADABLE = {"unreadable": True}
CUT = {"cut": True}

# Errors whose text is told; of others, what they are.
KNOWN_ERRORS = {
    "*errors.errorString", "*fmt.wrapError", "*fs.PathError", "*os.PathError", "*url.Error", "*strconv.NumError", "syscall.Errno",
}  # fmt: skip

# What is taken of a value that an interface holds, and how deep in it structs are told.
HELD_BYTES, DEEPEST_HELD = 48, 3

REALS = {"float32", "float64"}
REFERENCES = {"ptr", "unsafe.Pointer", "map", "chan", "func"}
COMPLEX = {"complex64", "complex128"}
INTEGERS = {"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64"}


class Anything:
    """What Go itself does not say: blank fields of structs hold whatever was there before."""

    def __eq__(self, other):
        return True

    def __repr__(self):
        return "anything"


def exact(value):
    """Has Python tell apart what is different in JSON: true, 1, 1.0, 0.0 and -0.0."""
    if isinstance(value, dict):
        return {key: exact(of) for key, of in value.items()}
    if isinstance(value, list):
        return [exact(of) for of in value]
    if isinstance(value, float):
        return ("real", value.hex())
    return ("bool", value) if isinstance(value, bool) else value


def named_as_declared(function):
    """The name of a generic function's instance, without what the compiler says of shapes."""
    if "[" not in function:
        return function
    head, arguments = function.split("[", 1)
    arguments, tail = arguments.rsplit("]", 1)
    types = re.sub(r"go\.shape\.|(?<=\w|\})_\d+(?=$|,)", "", arguments)
    return f"{head}[{SHAPES.get(types, types)}]{tail}"


def patterns_of(functions):
    """What has gotraced trace them: of generic ones all instances."""
    return sorted({function.split("[")[0] + ("*" * ("[" in function)) for function in functions})


def read_ledger(stdout):
    return [json.loads(line) for line in stdout.splitlines()]


def are_in_registers(variables, minor):
    """Which of these parameters, or results, are in registers: each of them whole, or not at all."""
    found, integers, reals = [], INTEGER_REGISTERS, REAL_REGISTERS
    for _, parts, _ in variables:
        fits = minor >= 17 and "!" not in parts and parts.count("i") <= integers and parts.count("x") <= reals
        if fits:
            integers -= parts.count("i")
            reals -= parts.count("x")
        found.append(fits)
    return found


def address(number):
    return hex(int(number))


def real_of(bits):
    real = struct.unpack("d", struct.pack("Q", int(bits)))[0]
    if real != real:
        return "NaN"
    return real if abs(real) != float("inf") else "+Inf" if real > 0 else "-Inf"


def text_of(content, room=None):
    """A string or bytes, of which only so many are taken."""
    taken = content if room is None else content[:room]
    is_cut = len(taken) < len(content)
    text = taken
    if is_cut:
        # What is cut in the midst of a character loses the rest of it.
        for n in range(1, 4):
            if len(text) >= n and text[-n] & 0xC0 == 0xC0:
                text = text[:-n] if not is_utf8(text) else text
                break
    if is_utf8(text) and 0 not in text:
        return {"text": text.decode(), "length": len(content)} if is_cut else text.decode()
    coded = {"base64": base64.b64encode(taken).decode()}
    return {**coded, "length": len(content)} if is_cut else coded


def is_utf8(content):
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def string_bytes(depth):
    return {0: 128, 1: 64}.get(depth, 32)


def list_of(elements, room, n, nesting):
    room = min(room, ELEMENTS)
    told = [reported(element, *nesting) for element in elements[:room]]
    return told if n <= room else {"elements": told, "length": n}


def bytes_of(elements):
    return bytes(int(element["value"]) for element in elements)


def slice_of(tree, depth, pointers):
    elements = tree["elements"]
    if tree["nil"]:
        return None
    if depth == DEEPEST:
        return {"elements": [], "length": len(elements)}
    if not elements:
        return "" if tree["type"].endswith("]uint8") or tree["type"] == "main.blob" else []
    size = elements[0]["bytes"]
    if elements[0]["kind"] == "uint8":
        return text_of(bytes_of(elements), string_bytes(depth))
    if size == 0 or size > STEP_BYTES:
        return {"elements": [], "length": len(elements)}
    room = ELEMENTS
    while room > 1 and room * size > STEP_BYTES:
        room //= 2
    return list_of(elements, room, len(elements), (depth + 1, pointers, False))


def pointer_of(tree, depth, pointers):
    if tree["nil"]:
        return None
    size = tree["target"]["bytes"]
    if depth == DEEPEST or pointers or size == 0 or size > TARGET_BYTES:
        return address(tree["address"])
    return reported(tree["target"], depth + 1, pointers + 1, False)


def alignment(tree):
    if tree["kind"] == "struct":
        return max([alignment(value) for _, _, value in tree["fields"]], default=1)
    if tree["kind"] == "array":
        return alignment(tree["elements"][0]) if tree["elements"] else 1
    return min(tree["bytes"], 8 if tree["kind"] != "complex64" else 4)


def fields_of(tree, off, is_error, depth):
    """Those of a struct in what an interface holds."""
    found, at = {}, off
    for name, _, value in tree["fields"]:
        at += -at % alignment(value)
        found[name] = held_value(value, at, is_error, depth + 1)
        at += value["bytes"]
    return found


def held_value(tree, off=0, is_error=False, depth=0):
    """A value in what an interface holds, that far from the beginning. Of strings the first is taken, of errors two."""
    kind = tree["kind"]
    if kind == "struct" and "text" not in tree:
        return CUT if depth == DEEPEST_HELD or off >= HELD_BYTES else fields_of(tree, off, is_error, depth)
    # What tells the time are the first two words of a time.Time.
    if off + (16 if kind == "struct" else tree["bytes"]) > HELD_BYTES:
        return CUT
    if kind == "string":
        is_taken = off == 0 or is_error and off == 16 or not tree["value"]
        return text_of(bytes.fromhex(tree["value"]), string_bytes(0)) if is_taken else CUT
    if kind in ("slice", "interface"):
        return None if tree["nil"] else CUT
    if kind in REFERENCES:
        return None if tree["nil"] else address(tree["address"]) if "address" in tree else Anything()
    return CUT if kind == "array" else reported(tree)


def is_one_itself(tree):
    """Is a value of such a type the interface's second word?"""
    if tree["kind"] == "struct":
        return len(tree["fields"]) == 1 and is_one_itself(tree["fields"][0][2])
    return tree["kind"] in REFERENCES


def dynamic_of(tree):
    """What an interface holds: that stands behind its pointer, or is one itself."""
    if tree["nil"]:
        return None
    held, is_error = tree["holds"], tree["type"] == "error"
    told = {"type": held["type"]}
    if held["type"] in KNOWN_ERRORS:
        return {**told, "error": tree["error"]}
    if held["kind"] == "ptr" and not held["nil"]:
        target = held_value(held["target"], 0, is_error)
        return {**told, "value": address(held["address"]) if target == CUT else target}
    if is_one_itself(held) and held["kind"] not in ("ptr", "unsafe.Pointer"):
        return told
    value = held_value(held, 0, is_error)
    return told if value == CUT else {**told, "value": value}


def number_of(tree):
    number = int(tree["value"])
    return number if number <= LARGEST_NUMBER else str(number)


def struct_of(tree, depth, pointers, in_registers):
    return {
        name: Anything() if name == "_" else reported(value, depth + 1, pointers, in_registers)
        for name, _, value in tree["fields"]
    }


def array_of(tree, depth, pointers, in_registers):
    elements = tree["elements"]
    if tree["type"].endswith("]uint8") or (elements and elements[0]["kind"] == "uint8"):
        return text_of(bytes_of(elements))
    return list_of(elements, ELEMENTS, len(elements), (depth + 1, pointers, in_registers))


def reported(tree, depth=0, pointers=0, in_registers=False):
    """A value of the ledger as gotraced tells it, that deep in others, and behind so many pointers."""
    kind = tree["kind"]
    if kind in REALS | COMPLEX and in_registers:
        return UNREACHABLE
    if "text" in tree and kind != "interface":
        return tree["text"]
    if kind == "bool":
        return tree["value"]
    if kind in INTEGERS:
        return number_of(tree)
    if kind == "uintptr":
        return address(tree["value"])
    if kind in REALS:
        return real_of(tree["value"])
    if kind in COMPLEX:
        return [real_of(bits) for bits in tree["value"]]
    if kind == "string":
        return CUT if depth == DEEPEST and tree["value"] else text_of(bytes.fromhex(tree["value"]), string_bytes(depth))
    if kind == "slice":
        return slice_of(tree, depth, pointers)
    if kind == "ptr":
        return pointer_of(tree, depth, pointers)
    if kind == "struct":
        return struct_of(tree, depth, pointers, in_registers)
    if kind == "array":
        return array_of(tree, depth, pointers, in_registers)
    if kind == "interface":
        return dynamic_of(tree)
    return reference_of(tree)


def reference_of(tree):
    if tree["nil"]:
        return None
    if tree["kind"] == "func":
        return tree["name"]
    return address(tree["address"]) if "address" in tree else {"type": tree["type"], "length": tree["length"]}


def names_of_results(results):
    return [name if not name.startswith("_") else f"ret{i}" for i, (name, _, _) in enumerate(results)]


def variables_as_reported(variables, minor):
    """Parameters or results by their names; nobody can name a blank parameter."""
    return {
        name: reported(tree, in_registers=is_in_registers)
        for (name, _, tree), is_in_registers in zip(variables, are_in_registers(variables, minor))
        if name != "_"
    }


def unknown(value):
    return [UNREACHABLE] * len(value)


def call_as_reported(call, minor, is_optimised=True):
    """What the ledger says of a call, as gotraced is to tell it."""
    told = {"end": call["end"], "parameters": variables_as_reported(call["parameters"], minor)}
    if call["end"] == "returned":
        told["results"] = variables_as_reported(call["results"], minor)
        if call["function"] in BEHIND_HIDDEN and minor in ARE_HIDDEN and is_optimised:
            told["results"] = {name: unknown(value) for name, value in told["results"].items()}
    return told


def by_call(calls, told_as):
    """By function and goroutine, in the order in which they ended."""
    found = {}
    for call in calls:
        found.setdefault((named_as_declared(call["function"]), call["goroutine"]), []).append(told_as(call))
    return found


def in_order(reports):
    """The calls that are reported, by when they ended: one CPU's may be printed before an earlier one of another's."""
    calls = [report for report in reports if report["report"] == "call"]
    return sorted(calls, key=lambda call: (nanoseconds(call["start"]) + call["duration_ns"]))


def nanoseconds(moment):
    hours, minutes, seconds = moment[11:-1].split(":")
    day = int(moment[8:10])
    return ((day * 24 + int(hours)) * 60 + int(minutes)) * 60_000_000_000 + round(float(seconds) * 1_000_000) * 1000


def members_of(call):
    told = {"end": call["end"], "parameters": call.get("parameters", {})}
    if call["end"] == "returned":
        told["results"] = call.get("results", {})
    return told


def differences(expected, found):
    """In words: what the ledger says of calls, and what gotraced does."""
    said = []
    for key in sorted(expected.keys() | found.keys(), key=str):
        function, goroutine = key
        wanted, told = expected.get(key, []), found.get(key, [])
        if len(wanted) != len(told):
            said.append(f"{function}, goroutine {goroutine}: {len(wanted)} calls in the ledger, {len(told)} are told")
        for i, (one, other) in enumerate(zip(wanted, told)):
            said += differing(f"{function}, goroutine {goroutine}, call {i}", one, other)
    return said


def differing(where, wanted, told):
    """Which members of two objects differ."""
    if not isinstance(wanted, dict) or not isinstance(told, dict):
        return [] if exact(wanted) == exact(told) else [f"{where}: {wanted!r}, not {told!r}"]
    if "end" not in wanted and set(wanted) != set(told):
        return [f"{where}: {wanted!r}, not {told!r}"]
    said = []
    for key in wanted.keys() | told.keys():
        said += differing(f"{where}, {key}", wanted.get(key, "nothing"), told.get(key, "nothing"))
    return said
