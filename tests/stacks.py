"""Compares the stacks that gotraced prints with those that the traced program saw itself (tests/go/callers)."""

from collections import Counter

from tracing import func_options, ledger_of

TRACED = """main.framed main.huge main.medium main.unchecked main.leaf main.recursing main.(*box).touch
    main.celsius.touch""".split()

# Return addresses that gotraced takes; where the program goes deeper than that, no function is inlined.
MAX_FRAMES = 127


def as_printed(function, minor):
    """The runtime abbreviates type arguments when it prints a name; up to Go 1.20 its table already has them so."""
    if minor < 21 or "[" not in function:
        return function
    return f"{function[: function.index('[')]}[...]{function[function.rindex(']') + 1 :]}"


# Where C has called Go, the chain of frame pointers goes on through C's frames, on another stack.
CALLBACKS = {"runtime.cgocallback", "runtime.cgocallback_gofunc"}


def expected_stack(said):
    """What gotraced is to print of it: no bottom of a goroutine, nothing beyond a callback of C's, not too much."""
    expected = []
    for frame in said[:MAX_FRAMES]:
        if frame[0] != "runtime.goexit":
            expected.append(tuple(frame))
        if frame[0] in CALLBACKS:
            break
    return tuple(expected)


def printed_stack(stack, minor):
    return tuple((as_printed(frame["function"], minor), frame["file"], frame["line"]) for frame in stack)


def described(call, n):
    function, stack = call
    frames = "\n".join(f"    {name}  {file}:{line}" for name, file, line in stack)
    return f"{n} times {function}, {len(stack)} frames\n{frames}"


def differences(result, minor):
    """The calls that only the program told of, and those that only gotraced did, and how many calls there were."""
    said = Counter((call["function"], expected_stack(call["stack"])) for call in ledger_of(result.stdout))
    printed = Counter(
        (call["function"], printed_stack(call["stack"], minor)) for call in result.reports if call["report"] == "call"
    )
    return (
        [described(*item) for item in (said - printed).items()],
        [described(*item) for item in (printed - said).items()],
        said.total(),
    )


def check_stacks(trace, program, minor):
    """Every call of a program of callers has the stack that the program saw. Returns how many calls there were."""
    result = trace(["--calls", "--stack", "--max-lines", "1000000", *func_options(TRACED)], [program])
    assert all(report["report"] != "omitted" for report in result.reports)
    missing, wrong, n = differences(result, minor)
    assert not missing and not wrong, "\n".join(
        [f"{len(missing)} not printed:", *missing[:3], f"{len(wrong)} printed, but never so:", *wrong[:3]]
    )
    return n
