"""Expressions and conditions, as gotraced(1) describes them, on calls of the ledger (ledger.py)."""

import codecs
import re
import struct

from ledger import UNREADABLE, are_in_registers, names_of_results, reported

UNITS_NS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000}
COMPARISONS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "^=": lambda a, b: a.startswith(b),
}


class Missing(Exception):
    """There is no such value: it is behind a nil pointer, or out of range, or no result was given."""


def is_of_results(call, text):
    """Is an expression's value there as the function returns?"""
    name = re.search(r"[A-Za-z_]\w*", text.replace("len(", "("))[0]
    return name not in [of[0] for of in call["parameters"]]


def variable(call, name, minor):
    for kind in ("parameters", "results"):
        variables = call[kind]
        names = [of[0] for of in variables] if kind == "parameters" else names_of_results(variables)
        if name in names:
            i = names.index(name)
            return variables[i][2], are_in_registers(variables, minor)[i]
    raise Missing(name)


def target_of(tree):
    if tree["nil"]:
        raise Missing
    return tree["target"]


def field_of(tree, name):
    """A field by its name, the least deep one of embedded structs."""
    level = [tree]
    while level:
        fields = [field for of in level for field in of["fields"]]
        for found, _, value in fields:
            if found == name:
                return value
        level = [value for _, is_embedded, value in fields if is_embedded and value["kind"] == "struct"]
    raise Missing(name)


def length_of(tree):
    if tree["kind"] == "string":
        n = len(tree["value"]) // 2
    else:
        n = tree["length"] if "length" in tree else len(tree["elements"])
    return {"kind": "int", "type": "int", "bytes": 8, "value": str(n)}


def pick(call, text, minor):
    """What an expression means: a value of the ledger, and whether it is in registers."""
    text = text.strip()
    if length := re.fullmatch(r"len\((.*)\)", text):
        return length_of(pick(call, length[1], minor)[0]), False
    if text.startswith("*"):
        return target_of(pick(call, text[1:], minor)[0]), False
    root, steps = re.fullmatch(r"(\(.*\)|\w+)((?:\.\w+|\[\d+\])*)", text).groups()
    value = pick(call, root[1:-1], minor) if root.startswith("(") else variable(call, root, minor)
    for step in re.findall(r"\.(\w+)|\[(\d+)\]", steps):
        value = take_step(value, *step)
    return value


def take_step(value, field, index):
    tree, in_registers = value
    if tree["kind"] == "ptr":
        tree, in_registers = target_of(tree), False
    if field:
        return field_of(tree, field), in_registers
    if int(index) >= len(tree["elements"]):
        raise Missing
    return tree["elements"][int(index)], in_registers and tree["kind"] == "array"


def shown(call, text, minor):
    """The value of an expression as gotraced tells it."""
    try:
        tree, in_registers = pick(call, text, minor)
    except Missing:
        return UNREADABLE
    return reported(tree, in_registers=in_registers)


def values_as_shown(call, expressions, minor):
    """What --show has gotraced tell of a call."""
    has_returned = call["end"] == "returned"
    told = {text: shown(call, text, minor) for text in expressions if has_returned or not is_of_results(call, text)}
    return {"end": call["end"], "values": told}


def real_from(bits):
    return struct.unpack("d", struct.pack("Q", int(bits)))[0]


def single(real):
    """Rounded to a float32."""
    return struct.unpack("f", struct.pack("f", real))[0]


def literal(text, kind):
    """What a value is compared with: None is nil."""
    if text == "nil":
        return None
    if text in ("true", "false"):
        return text == "true"
    if text.startswith('"'):
        return codecs.escape_decode(text[1:-1].encode())[0]
    if unit := re.fullmatch(r"(-?[\d.]+)([a-z]+)", text):
        return int(float(unit[1]) * UNITS_NS[unit[2]])
    number = float(text) if "float" in kind or "." in text else int(text, 0)
    return single(number) if kind == "float32" else number


def comparable(tree):
    kind = tree["kind"]
    if kind == "bool":
        return tree["value"]
    if kind == "string":
        return bytes.fromhex(tree["value"])
    if kind in ("float32", "float64"):
        return real_from(tree["value"])
    return None if tree.get("nil") else int(tree["value"]) if "value" in tree else tree


def holds(call, condition, minor):
    """Is a condition met? Several have && between them."""
    return all(holds_one(call, one, minor) for one in condition.split("&&"))


def holds_one(call, condition, minor):
    text, operator, value = re.fullmatch(r"\s*(.*?)\s*(==|!=|<=|>=|\^=|<|>)\s*(.*?)\s*", condition).groups()
    if call["end"] != "returned" and is_of_results(call, text):
        return False
    try:
        tree, _ = pick(call, text, minor)
    except Missing:
        return False
    return COMPARISONS[operator](comparable(tree), literal(value, tree["kind"]))
