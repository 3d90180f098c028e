"""What two runs of the same command print alike: the shape of an output, with numbers and the like replaced."""

import re

NUMBER = "N"
REPLACED = [
    (r"▏|▎|▍|▌|▋|▊|▉|█|\|@* *\|", ""),
    (r"\b\d\d:\d\d:\d\d\.\d+", "TIME"),
    (r"\b\d{4}-\d\d-\d\dT[\d:.]+Z?", "TIME"),
    (r"(?<![\w.])\d+(\.\d+)?(e-\d+)? ?(ns|µs|us|ms|s)\b", "DURATION"),
    (r"\b0x[0-9a-f]+", NUMBER),
    # Addresses and bytes of machine code.
    (r"(?<![\w/.])[0-9a-f]{4,}(?![\w/.])", NUMBER),
    (r"(?<![A-Za-z_\d])-?\d+(\.\d+)?(e-\d+)?", NUMBER),
    (r"\[N(,N)*\](,\[N(,N)*\])+", "[N]"),
    (r"\s+", " "),
]
BUCKET = re.compile(r"\s+[\d.]+ \S+ -\s+[\d.]+ \S+\s+\d+\s+[\d.]+%")
CALL = re.compile(r"TIME goroutine ")
# What a thread did may take it several turns.
EVENT = re.compile(r"TIME thread ")
ROW = re.compile(r"N( DURATION){5} ")
INDENT = "    "


def shape_of_line(line):
    if BUCKET.match(line):
        return "BUCKET"
    for pattern, by in REPLACED:
        line = re.sub(pattern, by, line)
    if CALL.match(line):
        # Which of several texts comes first depends on the moment.
        line = re.sub(r'"(?:[^"\\]|\\.)*"', "TEXT", line)
    return line.strip()


def joined(lines):
    """Lines of figures that are broken, after a comma, where they would become too long."""
    whole = []
    for line in lines:
        if whole and whole[-1].endswith(",") and line.startswith("  "):
            whole[-1] += " " + line.strip()
        else:
            whole.append(line)
    return whole


def records(lines):
    """The shapes of lines; that of a call has those of the indented lines below it."""
    found = []
    for line in joined(lines):
        shape = shape_of_line(line)
        is_below_call = line.startswith(INDENT) and shape != "BUCKET" and found and CALL.match(found[-1])
        if is_below_call:
            found[-1] += "\n" + shape
        elif not found or found[-1] != shape:
            found.append(shape)
    return found


def in_some_order(found, pattern):
    """Neighbouring records of a kind, sorted and each told once: which comes first depends on the moment."""
    result, some = [], []
    for record in [*found, None]:
        if record is not None and pattern.match(record):
            some.append(record)
            continue
        result += sorted(set(some))
        some = []
        if record is not None:
            result.append(record)
    return result


def parts(lines):
    """What grep has parted from each other."""
    found = [[]]
    for line in lines:
        if line == "--":
            found.append([])
        else:
            found[-1].append(line)
    return found


def shape(lines):
    found = []
    for part in parts(lines):
        part = records(part)
        for pattern in (CALL, EVENT, ROW):
            part = in_some_order(part, pattern)
        found.append(part)
    return [line for part in sorted(found) for record in part for line in record.split("\n")]
