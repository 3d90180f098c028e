"""--chrome: the trace holds the calls that the program notes itself, for a JSON schema and for Chrome's own importer.

That importer is the trace engine of Chrome's DevTools, as npm has it. All of it runs on the trace, as on one of a
browser; the tracks and the trees of calls are those that DevTools draw.
"""

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from building import NEWEST_GO, fetched
from tracing import TIMEOUT_S, gotraced, ledger_of, wait_until
from trees import FUNCTIONS, every_call, ledger_shape

ENGINE = "@paulirish/trace_engine"
PACKAGES = {ENGINE: "0.0.65", "third-party-web": "0.29.2", "legacy-javascript": "0.0.1"}
ALL = ["--func", f"/^main\\.({'|'.join(FUNCTIONS)})$/", "--max-lines", "1000000"]
NS_PER_US = 1000

WHOLE = {"type": "integer", "minimum": 0}
TIME = {"type": "number", "minimum": 0}
NAME = {"type": "string", "minLength": 1}


def event(**properties):
    """An event that has these properties, and no others."""
    place = {"pid": {"type": "integer", "minimum": 1}, "tid": WHOLE}
    return {
        "type": "object",
        "properties": {**place, **properties},
        "required": [*place, *properties],
        "additionalProperties": False,
    }


NAMING = event(
    ph={"const": "M"},
    name={"enum": ["process_name", "thread_name"]},
    args={"type": "object", "properties": {"name": NAME}, "required": ["name"], "additionalProperties": False},
)
CALL = event(
    ph={"const": "X"},
    name=NAME,
    cat={"const": "go"},
    ts=TIME,
    dur=TIME,
    args={
        "type": "object",
        "properties": {
            "values": {"type": ["string", "object"]},
            "self_us": TIME,
            "end": {"const": "unwound"},
            "more": {"type": "integer", "minimum": 1},
        },
        "additionalProperties": False,
    },
)
SCHEMA = {
    "type": "array",
    "items": {"if": {"properties": {"ph": {"const": "M"}}, "required": ["ph"]}, "then": NAMING, "else": CALL},
}


def events_of(text):
    """The events of a trace, all of which are as the schema says."""
    events = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(events)
    return events


def calls_of(events):
    return [event for event in events if event["ph"] == "X"]


def mended(text):
    """A trace that was not ended, as those read it who take one: Chrome's about:tracing does this before all else."""
    return re.sub(r"\s*,?\s*$", "", text) + "]"


def end_ns(call):
    return round((call["ts"] + call["dur"]) * NS_PER_US)


def nested(events):
    """The calls of each track within each other, by nothing but their times."""
    tracks = {}
    for call in sorted(calls_of(events), key=lambda call: (call["ts"], -call["dur"])):
        outermost, path = tracks.setdefault((call["pid"], call["tid"]), ([], []))
        while path and end_ns(path[-1]) <= call["ts"] * NS_PER_US:
            path.pop()
        assert not path or end_ns(call) <= end_ns(path[-1])
        call = {**call, "calls": []}
        (path[-1]["calls"] if path else outermost).append(call)
        path.append(call)
    return {track: outermost for track, (outermost, _) in tracks.items()}


def shape(call):
    """A call of the trace, in the form of one of the program's ledger."""
    return (call["name"], call["args"].get("end") == "unwound", tuple(map(shape, call["calls"])))


def shapes(tracks):
    return {str(tid): list(map(shape, calls)) for (_, tid), calls in tracks.items()}


def ledger_shapes(ledger):
    return {goroutine: list(map(ledger_shape, calls)) for goroutine, calls in ledger.items()}


def n_calls_in(ledger):
    return sum(1 for calls in ledger.values() for _ in every_call(calls))


@pytest.fixture(scope="module")
def chrome(tmp_path_factory):
    """chrome(text) has Chrome's importer open a trace, and is the calls of each track that it makes of it."""
    folder = tmp_path_factory.mktemp("chrome") / "node_modules"
    for package, version in PACKAGES.items():
        (folder / package).parent.mkdir(parents=True, exist_ok=True)
        (folder / package).symlink_to(fetched("fetch-npm", package, version))

    def import_trace(text):
        # The engine finds what it imports beside the link to it, and not where that leads.
        argv = ["node", "--preserve-symlinks", Path(__file__).with_name("chrome_import.mjs"), folder / ENGINE]
        done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=TIMEOUT_S)
        assert done.returncode == 0 and not done.stderr, done.stderr
        tracks = json.loads(done.stdout)
        assert all(track["name"] == f"goroutine {track['tid']}" for track in tracks)
        return {(track["pid"], track["tid"]): track for track in tracks}

    return import_trace


def calls_by_track(tracks):
    return {place: track["calls"] for place, track in tracks.items()}


def run_with(folder, program, *options):
    """The program's ledger, the trace of it, and what gotraced said."""
    file = folder / "trace.json"
    done = gotraced(*ALL, "--output", folder / "reports", "--chrome", file, *options, "--", program)
    assert done.returncode == 0, done.stderr
    return ledger_of(done.stdout), file.read_text(), done.stderr


@pytest.fixture
def run(tmp_path, newest):
    return lambda *options: run_with(tmp_path, newest("trees"), *options)


@pytest.fixture(scope="module")
def whole(go_builds, tmp_path_factory):
    """One run of which all calls are in the trace."""
    return run_with(tmp_path_factory.mktemp("whole"), go_builds.path("trees", NEWEST_GO, "plain"))


def test_the_events_of_each_goroutine_are_nested_as_in_the_ledger(whole):
    ledger, text, stderr = whole
    events = events_of(text)
    assert shapes(nested(events)) == ledger_shapes(ledger)
    assert "are not in" not in stderr
    names = Counter((event["name"], event["tid"]) for event in events if event["ph"] == "M")
    assert names == Counter((kind, int(id)) for id in ledger for kind in ("process_name", "thread_name"))


def test_chrome_makes_the_same_trees_of_it(whole, chrome, newest):
    ledger, text, _ = whole
    tracks = chrome(text)
    assert shapes(calls_by_track(tracks)) == ledger_shapes(ledger)
    assert {track["process"] for track in tracks.values()} == {str(newest("trees"))}
    for track in tracks.values():
        for call in every_call(track["calls"]):
            assert abs(call["self_us"] - call["args"]["self_us"]) < 1 / NS_PER_US


def test_processes_have_tracks_of_their_own(tracer, start, newest, chrome, tmp_path):
    program, file = newest("trees"), tmp_path / "trace.json"
    one = tracer("--binary", program, *ALL, "--chrome", file)
    processes = [start(program), start(program)]
    ledgers = {process.pid: ledger_of(process.communicate(timeout=TIMEOUT_S)[0]) for process in processes}
    one.finish()
    tracks = calls_by_track(chrome(file.read_text()))
    found = {pid: shapes({place: tracks[place] for place in tracks if place[0] == pid}) for pid in ledgers}
    assert found == {pid: ledger_shapes(ledger) for pid, ledger in ledgers.items()}
    assert {pid for pid, _ in tracks} == set(ledgers)


def as_text(values):
    return " ".join(f"{name}={json.dumps(value)}" for name, value in values.items())


@pytest.mark.parametrize(
    "options, form",
    [
        (["--graph"], as_text),
        (["--format", "hlog"], as_text),
        (["--format", "json"], dict),
        (["--format", "json", "--graph"], dict),
    ],
    ids=["text-graph", "hlog", "json", "json-graph"],
)
def test_values_stand_with_each_call_as_the_format_has_them(options, form, run):
    ledger, text, _ = run("--show", "n,odd", *options)
    tracks = {str(tid): calls for (_, tid), calls in nested(events_of(text)).items()}
    for goroutine, calls in ledger.items():
        for call, expected in zip(every_call(tracks[goroutine]), every_call(calls), strict=True):
            shown = ["n"] if expected["unwound"] else ["n", "odd"]
            assert call["args"]["values"] == form({name: expected[name] for name in shown})


def test_trees_are_chosen_by_how_long_their_outermost_call_took(run):
    least_us = 300
    ledger, text, stderr = run("--slower-than", f"{least_us}us")
    outermost = [call for calls in nested(events_of(text)).values() for call in calls]
    assert outermost and all(call["dur"] >= least_us for call in outermost)
    assert any(call["dur"] < least_us for call in every_call(outermost))
    assert len(outermost) < sum(map(len, ledger.values()))
    assert {shape(call) for call in outermost} <= {one for trees in ledger_shapes(ledger).values() for one in trees}
    assert "are not in" not in stderr


def test_calls_that_are_too_many_are_told_of(run, tmp_path):
    ledger, text, stderr = run("--max-lines", "100")
    events = events_of(text)
    said = rf"gotraced: .*?(\d+) calls are not in {tmp_path}/trace.json: it takes 100 a second, see --max-lines"
    (n_left_out,) = re.findall(said, stderr)
    assert 0 < len(calls_of(events)) < n_calls_in(ledger)
    assert len(calls_of(events)) + int(n_left_out) == n_calls_in(ledger)
    # Trees are there whole, or not at all.
    expected = {one for trees in ledger_shapes(ledger).values() for one in trees}
    assert {one for trees in shapes(nested(events)).values() for one in trees} <= expected


def preorder(calls, depth=0):
    for call in calls:
        name, unwound, within = call
        yield depth, name, unwound
        yield from preorder(within, depth + 1)


def check_is_beginning(shapes_found, ledger):
    """Each goroutine's calls are those that the ledger begins with."""
    expected = ledger_shapes(ledger)
    for goroutine, calls in shapes_found.items():
        found = list(preorder(calls))
        assert found == list(preorder(expected[goroutine]))[: len(found)]


def test_of_a_trace_that_was_not_ended_chrome_opens_all_but_the_last_calls(tracer, start, newest, chrome, tmp_path):
    program, file = newest("trees"), tmp_path / "trace.json"
    one = tracer("--binary", program, *ALL, "--chrome", file)
    ledger = ledger_of(start(program).communicate(timeout=TIMEOUT_S)[0])
    enough = n_calls_in(ledger) - 50
    wait_until(lambda: file.read_text().count('"ph":"X"') > enough, "all but what a buffer holds is written")
    one.kill()
    text = file.read_text()
    assert text.endswith("}\n")
    events = events_of(mended(text))
    assert len(calls_of(events)) < n_calls_in(ledger)
    found = shapes(calls_by_track(chrome(mended(text))))
    assert found and found == shapes(nested(events))
    check_is_beginning(found, ledger)


@pytest.mark.parametrize("share", [1, 2 / 3, 1 / 2, 0])
def test_of_a_trace_that_was_cut_the_whole_events_are_left(share, whole):
    ledger, text, _ = whole
    lines = text.splitlines(keepends=True)
    assert lines.pop() == "]\n"
    left = lines[: int(len(lines) * share)] or ["["]
    events = json.loads(mended("".join(left)))
    assert events == json.loads(text)[: len(left) if share else 0]
    check_is_beginning(shapes(nested(events)), ledger)


def test_what_is_no_trace_is_found(whole):
    events = json.loads(whole[1])
    (named, *_), (call, *_) = ([event for event in events if event["ph"] == phase] for phase in "MX")
    of_call = [("ts", -1), ("dur", None), ("name", ""), ("pid", 0), ("tid", "1"), ("ph", "B"), ("args", {"end": ""})]
    wrong = [{**call, key: bad} for key, bad in of_call] + [{**named, "args": {}}, {**named, "name": "thread"}]
    for bad in wrong:
        with pytest.raises(jsonschema.ValidationError):
            events_of(json.dumps([*events[:2], bad]))


def test_a_full_disk_is_told_of(newest):
    done = gotraced(*ALL, "--chrome", "/dev/full", "--", newest("trees"))
    assert done.returncode == 1
    assert "cannot write the trace to /dev/full: No space left on device" in done.stderr
