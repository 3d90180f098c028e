"""The text report says what the JSON report says."""

import re
import subprocess

from tracing import GOTRACED, TIMEOUT_S, func_options, ledger_of
from test_counts import FUNCTIONS


def text_of(tmp_path, binary, functions, *options):
    output = tmp_path / "report"
    argv = [GOTRACED, "--output", output, *options, *func_options(functions), "--", binary]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    return output.read_text(), ledger_of(done.stdout)


def number_after(words, text):
    return int(re.search(rf"\b{words} (\d+)", text)[1])


def section(text, function):
    """The lines on a function: from its name to the next empty line."""
    lines = text.splitlines()
    start = lines.index(function)
    return "\n".join(lines[start : lines.index("", start) if "" in lines[start:] else len(lines)])


def test_it_has_the_counts_of_every_function(tmp_path, newest):
    text, ledger = text_of(tmp_path, newest("panics"), FUNCTIONS["panics"])
    for function, ends in ledger.items():
        if any(ends.values()):
            said = section(text, function)
            assert number_after("calls", said) == ends["returned"]
            assert number_after("unwound", said) == ends["unwound"]
            assert number_after("in flight", said) == ends["in_flight"]
            assert number_after("unmatched", said) == ends["unmatched"]
        else:
            assert function in text[text.index("not called") :]


def test_its_histogram_has_all_calls(tmp_path, newest):
    text, ledger = text_of(tmp_path, newest("fib"), ["main.fib"])
    rows = re.findall(r"^ .* - .* +(\d+) +[\d.]+%", section(text, "main.fib"), re.MULTILINE)
    assert len(rows) > 5
    assert sum(map(int, rows)) == ledger["main.fib"]["returned"]


def test_its_times_are_in_units_for_people(tmp_path, newest):
    text, _ = text_of(tmp_path, newest("sleep"), ["main.nap"])
    said = section(text, "main.nap")
    median = float(re.search(r"p50 ([\d.]+) ms", said)[1])
    assert 5 <= median < 10


def test_it_is_printed_for_each_interval(tmp_path, newest):
    text, ledger = text_of(tmp_path, newest("sleep"), ["main.nap"], "--interval", "500ms")
    assert text.count("main.nap\n") >= 3
    assert sum(map(int, re.findall(r"calls (\d+)", text))) == 2 * ledger["main.nap"]["returned"]
