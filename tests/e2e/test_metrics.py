"""What is served to those that scrape: it is true, and no client can keep gotraced from its work."""

import contextlib
import signal
import socket
import stat
import subprocess
import time

import pytest
from scraping import ask, buckets_of, by_function, ends_of, scrape
from test_counts import FUNCTIONS
from tracing import TIMEOUT_S, func_options, gotraced, ledger_of, wait_until

USAGE = 2
FAILED = 1
# How long a connection may take for one answer, by the server's rule.
CONNECTION_S = 10


@pytest.fixture
def address():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


def run(program):
    return ledger_of(subprocess.run([program], capture_output=True, text=True, check=True, timeout=TIMEOUT_S).stdout)


@pytest.mark.parametrize("accept", [None, "application/openmetrics-text"], ids=["plain", "openmetrics"])
@pytest.mark.parametrize("program", ["fib", "panics"])
def test_counts_equal_the_ledger(program, accept, tracer, newest, address):
    functions = FUNCTIONS[program]
    tracer("--binary", newest(program), *func_options(functions), "--listen", address)
    before = scrape(address, accept)
    assert set(ends_of(before)) == set(functions)
    ledger = run(newest(program))
    samples = scrape(address, accept)
    assert ends_of(samples) == ledger
    for function in functions:
        buckets = buckets_of(samples, function)
        assert len(buckets) == 28
        assert list(buckets.values()) == sorted(buckets.values())
        assert buckets[float("inf")] == ledger[function]["returned"]


def test_times_are_those_that_the_program_takes(tracer, newest, address):
    options = ["--buckets", "1ms,4ms,5.1ms,50ms,1s,10", "--label", "env=test", "--listen", address]
    tracer("--binary", newest("sleep"), "--func", "main.nap", *options)
    spread = run(newest("sleep"))["inside"]
    samples = scrape(address)
    seconds = by_function(samples, "gotraced_call_duration_seconds_sum")["main.nap"]
    assert spread["sum_ns"] <= seconds * 1e9 <= 1.05 * spread["sum_ns"]
    buckets = buckets_of(samples, "main.nap")
    assert list(buckets) == [0.001, 0.004, 0.0051, 0.05, 1, 10, float("inf")]
    assert buckets[0.004] == 0
    assert buckets[10] == 300
    assert all(dict(labels)["env"] == "test" for (_, labels) in samples if "target" in dict(labels))
    cost = by_function(samples, "gotraced_probe_cost_seconds")["main.nap"]
    assert 0 < by_function(samples, "gotraced_probe_bias_seconds")["main.nap"] < cost < 1e-3


def test_functions_of_one_name_are_told_apart(tracer, build, address):
    tracer("--binary", build("generic"), "--func", "main.sum*", "--func", "main.(*stack*", "--listen", address)
    run(build("generic"))
    # That no series is there twice is checked in reading them.
    assert by_function(scrape(address), "gotraced_calls_in_flight")


def test_sigusr2_begins_anew(tracer, newest, address):
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib", "--listen", address)
    run(newest("fib"))
    assert ends_of(scrape(address))["main.fib"]["returned"] == 21891
    gotraced.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: ends_of(scrape(address))["main.fib"]["returned"] == 0, "SIGUSR2 has been answered")


def test_a_function_over_budget_is_counted_as_such(tracer, start, newest, address):
    options = ["--max-overhead", "1", "--func", "main.work", "--listen", address]
    tracer("--binary", newest("loop"), *options)
    start(newest("loop"), "1000000000", "1")

    def n_over_budget():
        states = {dict(labels)["state"]: n for (name, labels), n in scrape(address).items() if name == "gotraced_functions"}
        assert sum(states.values()) == 1
        return states["over-budget"]

    wait_until(n_over_budget, "the function is detached")


# The server.


def test_a_unix_socket_serves_and_goes_with_gotraced(tracer, newest, tmp_path):
    path = tmp_path / "metrics.sock"
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib", "--listen", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    ledger = run(newest("fib"))
    assert ends_of(scrape(path)) == ledger
    gotraced.finish()
    assert not path.exists()


def test_it_knows_two_paths_and_two_methods(tracer, newest, address):
    tracer("--binary", newest("fib"), "--func", "main.fib", "--listen", address)
    assert ask(address, "/healthz")[::2] == (200, "ok\n")
    assert ask(address, "/")[0] == ask(address, "/metrics/")[0] == ask(address, "/../metrics")[0] == 404
    assert ask(address, "/metrics?x=1")[0] == 200
    status, headers, text = ask(address, method="HEAD")
    assert (status, text) == (200, "")
    assert int(headers["Content-Length"]) > 1000
    for method in "POST", "PUT", "DELETE", "OPTIONS":
        status, headers, _ = ask(address, method=method, body="x" * 100_000 if method == "PUT" else None)
        assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_what_is_no_request_is_survived(tracer, newest, address):
    tracer("--binary", newest("fib"), "--func", "main.fib", "--listen", address)
    for request in b"\0" * 1000, b"GET\r\n\r\n", b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 100_000, b"\r\n" * 10_000:
        # The server may have hung up before the client is through.
        with connected(address) as client, contextlib.suppress(ConnectionError):
            client.sendall(request)
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
    assert scrape(address)


def connected(address):
    host, port = address.split(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_S)


def has_been_cut(client):
    """Whether the server has closed a connection; what it has sent is read."""
    client.setblocking(False)
    try:
        while client.recv(65536):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_slow_clients_hold_nothing_up(tracer, newest, address):
    """A hundred send a byte a second of a request that has no end, and are cut when their time is over."""
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib", "--listen", address)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connected(address)) for _ in range(100)]
        began = time.monotonic()
        ledger = {"main.fib": dict.fromkeys(("returned", "unwound", "in_flight", "unmatched"), 0)}
        for byte in b"GET /m":
            for client in clients:
                with contextlib.suppress(ConnectionError):
                    client.send(bytes([byte]))
            ledger["main.fib"]["returned"] += run(newest("fib"))["main.fib"]["returned"]
            asked = time.monotonic()
            assert ends_of(scrape(address)) == ledger
            assert time.monotonic() - asked < 1
            time.sleep(0.7)
        assert gotraced.dump(1) == ledger
        wait_until(lambda: all(map(has_been_cut, clients)), "all of the slow are cut")
        assert time.monotonic() - began < CONNECTION_S + 5
    assert ends_of(scrape(address)) == ledger


def test_clients_that_do_not_read_hold_nothing_up(tracer, newest, address):
    functions = ["--func", "runtime.*", "--max-functions", "3000"]
    tracer("--binary", newest("fib"), *functions, "--links", "auto", "--listen", address)
    assert len(ask(address)[2]) > 5_000_000
    with contextlib.ExitStack() as stack:
        for _ in range(60):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            host, port = address.split(":")
            client.connect((host, int(port)))
            client.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        asked = time.monotonic()
        assert ask(address, "/healthz")[0] == 200
        assert ask(address)[0] in (200, 503)
        assert time.monotonic() - asked < 20
    wait_until(lambda: ask(address)[0] == 200, "there is room for answers again")


def test_metrics_are_served_only_as_long_as_it_traces(tracer, newest, address):
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib", "--listen", address, "--duration", "600ms")
    assert gotraced.process.wait(TIMEOUT_S) == 0
    with pytest.raises(ConnectionRefusedError):
        ask(address)


# Where it cannot listen.


def refused(program, listen, status=FAILED):
    """The one message of a gotraced that cannot listen there; no program is started, and no probe set."""
    done = gotraced("--func", "main.fib", "--listen", listen, "--", program)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    return done.stderr


def test_a_port_in_use(newest, address):
    host, port = address.split(":")
    with socket.create_server((host, int(port))):
        assert f"cannot listen at {address}: Address already in use; " in refused(newest("fib"), address)
        assert f"cannot listen at {address}: " in refused(newest("fib"), port)


def test_an_address_of_another_machine(newest):
    assert "cannot listen at 192.0.2.1:9399: Cannot assign" in refused(newest("fib"), "192.0.2.1:9399")


@pytest.mark.parametrize("listen", ["", "x", "0", "65536", ":9399", "localhost:9399", "[::1]", "1.2.3.4"])
def test_what_is_no_address(newest, listen):
    assert f"--listen {listen}: '" in refused(newest("fib"), listen, USAGE)


def test_a_path_that_is_too_long(newest):
    assert "too long for the path of a Unix socket" in refused(newest("fib"), "/tmp/" + "x" * 110, USAGE)


def test_a_folder_that_is_not_there_or_cannot_be_written_to(newest, tmp_path):
    assert "No such file or directory" in refused(newest("fib"), f"{tmp_path}/none/sock")
    assert "cannot listen at /proc/gotraced.sock: " in refused(newest("fib"), "/proc/gotraced.sock")


def test_a_file_that_is_no_socket_stays(newest, tmp_path):
    path = tmp_path / "file"
    path.write_text("precious\n")
    assert f"cannot listen at {path}: File exists, and it is no socket" in refused(newest("fib"), str(path))
    assert path.read_text() == "precious\n"


def test_a_socket_that_somebody_has_stays(newest, tmp_path):
    path = tmp_path / "sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        assert "another process listens there" in refused(newest("fib"), str(path))
    assert path.exists()


def test_a_socket_that_was_left_behind_is_replaced(tracer, newest, tmp_path):
    path = tmp_path / "sock"
    options = ["--binary", newest("fib"), "--func", "main.fib", "--listen", str(path)]
    tracer(*options).kill()
    assert path.exists()
    gotraced = tracer(*options)
    assert ends_of(scrape(path))["main.fib"]["returned"] == 0
    gotraced.finish()
    assert not path.exists()


# Changes, while it runs.


@pytest.fixture
def configured(tracer, newest, tmp_path):
    """configured(output settings) has a gotraced obey them, started at first and told at other times."""
    path = tmp_path / "gotraced.conf"
    started = []

    def configure(*settings):
        lines = ["[target fib]", f"binary = {newest('fib')}", "func = main.fib", "[output]", *settings]
        path.write_text("\n".join(lines) + "\n")
        if not started:
            started.append(tracer("--config", str(path)))
            return started[0]
        count = started[0].messages.read_text().count("is read again")
        started[0].process.send_signal(signal.SIGHUP)
        wait_until(lambda: started[0].messages.read_text().count("is read again") > count, "SIGHUP has been answered")
        return started[0]

    return configure


def test_sighup_moves_the_server(configured, newest, address, tmp_path):
    path = tmp_path / "sock"
    configured(f"listen = {address}")
    run(newest("fib"))
    assert ends_of(scrape(address))["main.fib"]["returned"] == 21891
    configured(f"listen = {path}")
    assert ends_of(scrape(path))["main.fib"]["returned"] == 21891
    with pytest.raises(ConnectionRefusedError):
        ask(address)
    configured(f"listen = {address}")
    assert ends_of(scrape(address))["main.fib"]["returned"] == 21891
    assert not path.exists()
    configured()
    with pytest.raises(ConnectionRefusedError):
        ask(address)


def test_a_server_that_cannot_be_moved_stays(configured, address, tmp_path):
    gotraced = configured(f"listen = {address}")
    configured(f"listen = {tmp_path}/none/sock")
    said = gotraced.messages.read_text()
    assert f"cannot listen at {tmp_path}/none/sock: No such file" in said and "metrics are served where they were" in said
    assert scrape(address)
    (tmp_path / "none").mkdir()
    configured(f"listen = {tmp_path}/none/sock")
    assert scrape(tmp_path / "none/sock")


def test_sighup_changes_the_buckets(configured, address):
    configured(f"listen = {address}")
    assert len(buckets_of(scrape(address), "main.fib")) == 28
    configured(f"listen = {address}", "buckets = 1ms,1s")
    assert list(buckets_of(scrape(address), "main.fib")) == [0.001, 1, float("inf")]
