"""A configuration that changes while it is in force, and the signals of a service."""

import os
import signal
import time

import pytest
from tracing import gotraced, by_function, ends_of, ledger_of, read_reports, wait_until


class Service:
    """A gotraced that runs by a configuration, which can be written anew."""

    def __init__(self, tracer, folder):
        self.tracer = tracer
        self.path = folder / "server.conf"
        self.output = folder / "reports.json"
        self.gotraced = None

    def write(self, *lines):
        self.path.write_text("\n".join([*lines, "[output]", "format = json", f"output = {self.output}", ""]))

    def run(self, *lines, **kwargs):
        self.write(*lines)
        self.gotraced = self.tracer("--config", self.path, output=False, **kwargs)

    def messages(self):
        return self.gotraced.messages.read_text()

    def reload(self, *lines, said="the configuration is read again"):
        before = self.messages().count(said)
        self.write(*lines)
        self.gotraced.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.messages().count(said) > before, f"gotraced has said {said!r}")

    def reports(self, kind):
        return [report for report in read_reports(self.output) if report["report"] == kind]

    def signal(self, number, kind, times):
        before = len(self.reports(kind))
        self.gotraced.process.send_signal(number)
        wait_until(lambda: len(self.reports(kind)) >= before + times, f"signal {number} is answered")
        return self.reports(kind)[before:]

    def finish(self):
        began = time.monotonic()
        self.gotraced.process.send_signal(signal.SIGTERM)
        assert self.gotraced.process.wait(10) == 0, self.messages()
        return time.monotonic() - began


@pytest.fixture
def service(tracer, tmp_path):
    return Service(tracer, tmp_path)


def target(name, program, *functions, extra=()):
    return [f"[target {name}]", f"binary = {program}", *(f"func = {function}" for function in functions), *extra]


def finish_load(process):
    stdout, _ = process.communicate(timeout=60)
    return ledger_of(stdout)


def test_what_stays_in_the_configuration_is_traced_without_a_gap(service, start, newest, links):
    """Functions, labels and programs come and go around a function that is called all the time."""
    load, fib, kernel = newest("load"), newest("fib"), ["[kernel]", f"links = {links}"]
    service.run(*target("load", load, "main.hot"), *kernel)
    process = start(load, "4")
    service.reload(*target("load", load, "main.hot", "main.warm"), *kernel)
    service.reload(*target("load", load, "main.hot", "main.deep", extra=["label = stage=two"]), *kernel)
    service.reload(*target("load", load, "main.hot"), *target("fib", fib, "main.fib"), *kernel)
    service.reload(*target("load", load, "main.hot"), *kernel)
    ledger = finish_load(process)
    service.finish()
    left = [report for report in service.reports("final") if report["function"] != "main.hot"]
    assert [report["function"] for report in left] == ["main.warm", "main.deep", "main.fib"]
    assert all(report["state"] == "gone" for report in left)
    (hot,) = (report for report in service.reports("final") if report["function"] == "main.hot")
    assert hot["calls"] == ledger["main.hot"] and hot["unmatched"] == 0 and hot["in_flight"] == 0
    assert hot["target"] == "load" and not hot["labels"]


def test_labels_are_reported(service, newest):
    service.run(*target("fib", newest("fib"), "main.fib", extra=["label = team = a b", "label = stage=x"]))
    (report,) = service.signal(signal.SIGUSR1, "dump", 1)
    assert report["labels"] == {"team": "a b", "stage": "x"} and report["target"] == "fib"
    assert report["binary"] == str(newest("fib"))


def test_a_wrong_configuration_changes_nothing(service, start, newest):
    service.run(*target("load", newest("load"), "main.hot"))
    process = start(newest("load"), "2")
    service.reload("[target load]", "nonsense = 1", said="all stays as it was")
    assert "there is no setting 'nonsense'" in service.messages()
    ledger = finish_load(process)
    service.finish()
    assert by_function(read_reports(service.output))["main.hot"]["calls"] == ledger["main.hot"]


def test_a_target_that_cannot_be_traced_does_not_keep_others_from_it(service, newest, start):
    service.run(*target("fib", newest("fib"), "main.fib"))
    service.reload(*target("fib", newest("fib"), "main.fib"), *target("none", "/nonexistent/server", "main.main"))
    assert "waiting for /nonexistent/server" in service.messages()
    ends = ledger_of(start(newest("fib")).communicate(timeout=60)[0])
    service.finish()
    assert ends_of(read_reports(service.output)) == ends


def test_a_rotated_output_is_opened_anew(service, newest, tmp_path):
    service.run(*target("fib", newest("fib"), "main.fib"))
    service.signal(signal.SIGUSR1, "dump", 1)
    os.rename(service.output, tmp_path / "rotated")
    service.reload(*target("fib", newest("fib"), "main.fib"))
    assert not read_reports(service.output)
    service.signal(signal.SIGUSR1, "dump", 1)
    assert len(read_reports(tmp_path / "rotated")) == 1


def test_a_restart_keeps_what_is_in_the_output(service, newest):
    for _ in range(2):
        service.run(*target("fib", newest("fib"), "main.fib"))
        service.finish()
    assert len(service.reports("final")) == 2


def test_sigusr2_begins_all_figures_anew(service, start, newest):
    service.run(*target("fib", newest("fib"), "main.fib"))
    once = ledger_of(start(newest("fib")).communicate(timeout=60)[0])["main.fib"]["returned"]
    (before,) = service.signal(signal.SIGUSR2, "dump", 1)
    (after,) = service.signal(signal.SIGUSR1, "dump", 1)
    start(newest("fib")).communicate(timeout=60)
    (last,) = service.signal(signal.SIGUSR1, "dump", 1)
    assert (before["calls"], after["calls"], last["calls"]) == (once, 0, once)
    assert after["start"] == last["start"] > before["start"]
    assert after["seconds"] < before["seconds"]


def test_a_call_in_flight_lasts_through_sigusr2(service, start, newest):
    service.run(*target("inflight", newest("inflight"), "main.receive"))
    process = start(newest("inflight"), "wait")
    ledger = ledger_of(process.stdout.readline())
    (before,) = service.signal(signal.SIGUSR2, "dump", 1)
    (after,) = service.signal(signal.SIGUSR1, "dump", 1)
    assert before["in_flight"] == after["in_flight"] == ledger["main.receive"]["in_flight"]


@pytest.mark.parametrize("kind, seconds", [("multi", 1), ("perf", 2)])
def test_sigterm_ends_it_soon(service, start, newest, kind, seconds):
    """Perf events are taken away one by one; nobody needs to wait for that."""
    start(newest("load"), "3")
    service.run(*target("load", newest("load"), "main.*"), "[kernel]", f"links = {kind}")
    assert service.finish() < seconds
    assert len(service.reports("final")) > 5


def test_cumulative_intervals_are_of_all_so_far(tracer, newest, start, tmp_path):
    gotraced = tracer("--binary", newest("load"), "--func", "main.hot", "--interval", "300ms", "--cumulative")
    ledger = finish_load(start(newest("load"), "1"))
    wait_until(
        lambda: len([r for r in gotraced.reports("cumulative") if r["calls"] == ledger["main.hot"]]) > 1,
        "all calls are in two reports",
    )
    reports = gotraced.finish()
    calls = [report["calls"] for report in reports if report["report"] == "cumulative"]
    assert calls == sorted(calls) and len({report["start"] for report in reports}) == 1
    assert by_function(reports)["main.hot"]["calls"] == calls[-1]


def test_the_spans_of_intervals_meet(tracer, newest, start):
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib", "--interval", "200ms")
    wait_until(lambda: len(gotraced.reports("interval")) >= 4, "four intervals are over")
    reports = [report for report in gotraced.finish() if report["report"] == "interval"]
    assert all(one["end"] == next["start"] for one, next in zip(reports, reports[1:]))


def test_without_a_configuration_sighup_ends_it(tracer, newest, tmp_path):
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib", output=False)
    gotraced.process.send_signal(signal.SIGHUP)
    assert gotraced.process.wait(10) == 0


def test_a_function_in_the_place_of_another_has_none_of_its_calls(service, start, newest):
    """There is room for one. Calls of the first are in flight, on the same goroutines, when the second takes its place."""
    only_one = ["[limits]", "max-functions = 1"]
    service.run(*target("load", newest("load"), "main.outer"), *only_one)
    process = start(newest("load"), "2")
    time.sleep(0.5)
    (before,) = service.signal(signal.SIGUSR1, "dump", 1)
    service.reload(*target("load", newest("load"), "main.hot"), *only_one)
    ledger = finish_load(process)
    service.finish()
    outer, hot = service.reports("final")
    assert before["in_flight"] > 0 and outer["function"] == "main.outer" and outer["state"] == "gone"
    assert hot["function"] == "main.hot" and 0 < hot["calls"] < ledger["main.hot"]
    assert hot["unwound"] == hot["in_flight"] == 0


def write_output(service, program, *output):
    text = "\n".join([*target("fib", program, "main.fib"), "[output]", *output, ""])
    service.path.write_text(text)


def test_the_output_can_be_changed(service, start, newest, tmp_path):
    """Its file, and its format; what was written before stays where it is."""
    service.run(*target("fib", newest("fib"), "main.fib"))
    calls = ledger_of(start(newest("fib")).communicate(timeout=60)[0])["main.fib"]["returned"]
    service.signal(signal.SIGUSR1, "dump", 1)
    before = service.output.read_text()
    other, text = tmp_path / "other", tmp_path / "text"
    for number, (path, form) in enumerate([(other, "json"), (text, "text")], 1):
        write_output(service, newest("fib"), f"output = {path}", f"format = {form}")
        service.gotraced.process.send_signal(signal.SIGHUP)
        wait_until(lambda: service.messages().count("is read again") == number, "the configuration is read again")
        service.gotraced.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: path.exists() and path.read_text(), f"there is a report in {path}")
    service.finish()
    assert service.output.read_text() == before
    assert [report["calls"] for report in read_reports(other)] == [calls]
    assert text.read_text().count(f"calls {calls} ") == 2


def test_what_is_only_looked_at_is_no_report(service, newest, tmp_path):
    for output in ((f"output = {tmp_path}/log", "format = json"), ("format = journal",)):
        write_output(service, newest("fib"), *output)
        done = gotraced("--config", service.path, "--plan")
        assert done.returncode == 0 and "main.fib" in done.stdout and not (tmp_path / "log").exists()


def test_a_process_that_ends_does_not_end_the_service(service, start, newest):
    process = start(newest("inflight"), "wait")
    process.stdout.readline()
    lasting = target("fib", newest("fib"), "main.fib")
    service.run("[target once]", f"pid = {process.pid}", "func = main.prepare", *lasting)
    process.communicate("\n", timeout=60)
    calls = ledger_of(start(newest("fib")).communicate(timeout=60)[0])["main.fib"]["returned"]
    service.finish()
    assert by_function(read_reports(service.output))["main.fib"]["calls"] == calls


def test_figures_that_cannot_be_written_are_not_thrown_away(service, start, newest, tmp_path):
    write_output(service, newest("fib"), "output = /dev/full", "format = json")
    service.gotraced = service.tracer("--config", service.path, output=False)
    calls = ledger_of(start(newest("fib")).communicate(timeout=60)[0])["main.fib"]["returned"]
    service.gotraced.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: "No space left" in service.messages(), "gotraced has said that it cannot write")
    write_output(service, newest("fib"), f"output = {service.output}", "format = json")
    service.gotraced.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "is read again" in service.messages(), "the configuration is read again")
    (report,) = service.signal(signal.SIGUSR1, "dump", 1)
    assert report["calls"] == calls


def test_probes_that_cannot_be_changed_stay(service, start, newest):
    """There are too few file descriptors for all of them."""
    links = ["[kernel]", "links = perf"]
    service.write(*target("load", newest("load"), "main.hot"), *links)
    limited = ["sh", "-c", 'ulimit -n 90; exec "$@"', "sh"]
    service.run(*target("load", newest("load"), "main.hot"), *links, prefix=limited)
    process = start(newest("load"), "3")
    service.reload(*target("load", newest("load"), "main.*", "strconv.*", "sync.*"), *links, said="too many open files")
    service.reload(*target("load", newest("load"), "main.hot", "main.warm"), *links)
    ledger = finish_load(process)
    service.finish()
    final = by_function(read_reports(service.output))
    assert final["main.hot"]["state"] == final["main.warm"]["state"] == "traced"
    assert final["main.hot"]["calls"] == ledger["main.hot"] and final["main.hot"]["unmatched"] == 0


def test_what_a_limit_forbade_is_had_once_it_is_raised(service, start, newest):
    fib = target("fib", newest("fib"), "main.fib")
    load = target("load", newest("load"), "main.hot", "main.warm")
    service.run(*fib, "[limits]", "max-functions = 2")
    service.reload(*fib, *load, "[limits]", "max-functions = 2", said="more than 2")
    service.reload(*fib, *load, "[limits]", "max-functions = 3")
    assert "there is room for 2 functions until gotraced is started anew" in service.messages()
    service.reload(*fib, *target("load", newest("load"), "main.hot"), "[limits]", "max-functions = 3")
    wait_until(lambda: service.messages().count("gotraced: tracing") >= 2, "the other program is traced")
    ledger = ledger_of(start(newest("load"), "1").communicate(timeout=60)[0])
    service.finish()
    assert by_function(read_reports(service.output))["main.hot"]["calls"] == ledger["main.hot"]


def changed(service):
    """The settings of which it was said that they must wait."""
    said = [line.removeprefix("gotraced: ") for line in service.messages().splitlines() if "has changed: that takes" in line]
    return {line.split()[0] for line in said}


def test_what_is_taken_of_calls_stays_as_it_was(service, newest, start, tmp_path):
    """It was compiled into the programs that take it; each setting that has changed is named."""
    traced = target("loop", newest("loop"), "main.work")
    service.run(*traced, "[calls]", "by = n", "where = n >= 0", "show = n")
    values = {"stack": "yes", "stacks": tmp_path / "stacks", "slower-than": "1ms", "max-lines": 7}
    other = [f"{name} = {value}" for name, value in values.items()]
    service.reload(*traced, "[calls]", *other, "by = n ", "where = n >= 1", "where = n < 5", "show = n,n")
    assert changed(service) == {"show", "where", *values}
    # With show, calls are printed.
    service.reload(*traced, "[calls]", "by = ret0", "where = n >= 0")
    assert changed(service) == {"show", "where", *values, "by", "calls"}
    before = service.messages().count("has changed")
    service.reload(*traced, "[calls]", "by = n", "where = n >= 0", "show = n")
    assert service.messages().count("has changed") == before
    start(newest("loop"), "10").communicate(timeout=60)
    service.finish()
    (report,) = service.reports("final")
    assert report["by"]["expression"] == "n" and report["calls"] == len(service.reports("call")) == 10
    assert not (tmp_path / "stacks").exists()


def test_printed_calls_need_a_format_that_has_them(service, newest, start, tmp_path):
    traced = target("loop", newest("loop"), "main.work")
    service.run(*traced, "[calls]", "calls = yes")
    service.path.write_text("\n".join([*traced, "[output]", "format = hlog", f"output = {tmp_path / 'hlog'}", ""]))
    service.gotraced.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "is read again" in service.messages(), "SIGHUP has been answered")
    assert "single calls are printed as text or json only" in service.messages()
    start(newest("loop"), "10").communicate(timeout=60)
    service.finish()
    assert len(service.reports("call")) == 10 and len(service.reports("final")) == 1
