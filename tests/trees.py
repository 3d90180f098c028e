"""Trees of calls, as gotraced prints them and as the program trees of tests/go says that they were."""

FUNCTIONS = ["root", "branch", "leaf", "guard", "fail", "quit"]
ALL = ["--func", f"/^main\\.({'|'.join(FUNCTIONS)})$/", "--graph", "--max-lines", "1000000"]


def nested(tree):
    """The calls of a printed tree within each other, after a check that their times are."""
    outermost, path = [], []
    for call in tree["calls"]:
        del path[call["depth"] :]
        assert len(path) == call["depth"]
        siblings = path[-1]["calls"] if path else outermost
        call["calls"] = []
        if path:
            caller = path[-1]
            assert caller["after_ns"] <= call["after_ns"]
            assert call["after_ns"] + call["duration_ns"] <= caller["after_ns"] + caller["duration_ns"]
        if siblings:
            assert siblings[-1]["after_ns"] + siblings[-1]["duration_ns"] <= call["after_ns"]
        siblings.append(call)
        path.append(call)
    for call in tree["calls"]:
        within = sum(inner["duration_ns"] for inner in call["calls"])
        assert call["self_ns"] == call["duration_ns"] - within and call["more"] == 0
    (root,) = outermost
    return root


def shape(call):
    """A printed call, in the form of one of the program's ledger."""
    unwound = call["end"] == "unwound"
    return (call["function"], unwound, tuple(map(shape, call["calls"])))


def ledger_shape(call):
    return (call["function"], call["unwound"], tuple(map(ledger_shape, call["calls"])))


def trees_of(reports):
    return [report for report in reports if report["report"] == "tree"]


def by_goroutine(reports):
    """The trees of each goroutine, in the order in which they ended."""
    found = {}
    for tree in trees_of(reports):
        found.setdefault(str(tree["goroutine"]), []).append(nested(tree))
    return found


def every_call(calls):
    for call in calls:
        yield call
        yield from every_call(call["calls"])


def keep_only(calls, is_kept):
    """The ledger without some calls: those within them are their callers'."""
    kept = []
    for call in calls:
        inner = keep_only(call["calls"], is_kept)
        kept += [{**call, "calls": inner}] if is_kept(call) else inner
    return kept
