"""The live screen, as a person sees it in a terminal."""

import re
import signal
import subprocess
import time

import pytest
from terminal import Terminal
from tracing import GOTRACED, TIMEOUT_S, func_options, gotraced, wait_until

FUNCTIONS = ["main.outer", "main.warm", "main.deep"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def terminal(tmp_path):
    one = Terminal(tmp_path)
    yield one
    one.kill()


@pytest.fixture
def load(newest, start):
    """A program that calls the functions all the time."""
    return start(newest("load"), str(10 * TIMEOUT_S))


@pytest.fixture
def live(terminal, load):
    """live(options) shows the program, in a terminal that is then returned."""

    def show(*options, **kwargs):
        terminal.modes = terminal.ask("stty -a")
        argv = [GOTRACED, "--live", "--pid", load.pid, *func_options(FUNCTIONS), *options]
        terminal.run(*argv, **kwargs)
        terminal.await_so(lambda: calls_of(terminal, "main.outer") > 0, "there are calls on the screen")
        return terminal

    return show


def calls_of(terminal, function):
    """The first figure in its row."""
    row = re.search(rf"^[ >]{re.escape(function)} +(\d+)", terminal.text(), re.MULTILINE)
    return int(row[1]) if row else 0


def order_of(terminal):
    """The functions as they stand below each other."""
    return [line.lstrip(" >").split()[0] for line in terminal.lines() if re.match(r"[ >]main\.", line)]


def pid_of_gotraced(terminal):
    (pane,) = terminal.tmux("list-panes", "-F", "#{pane_pid}").split()
    done = subprocess.run(["pgrep", "-P", pane, "gotraced"], capture_output=True, text=True, check=True)
    return int(done.stdout)


def assert_is_as_before(terminal, status=0):
    assert f"status {status}\n" in terminal.ask("echo status $ended")
    assert terminal.ask("stty -a") == terminal.modes
    assert terminal.tmux("display-message", "-p", "#{cursor_flag}#{wrap_flag}").strip() == "11"


def test_a_table_shows_calls_that_grow(live):
    terminal = live()
    assert terminal.is_alternate()
    terminal.press("t")
    terminal.await_text("since the start")
    before = calls_of(terminal, "main.outer")
    terminal.await_so(lambda: calls_of(terminal, "main.outer") > before, "there are more calls")
    assert set(order_of(terminal)) == set(FUNCTIONS)
    assert "1 process, traced for" in terminal.text()
    assert "tracing costs" in terminal.text()
    assert re.search("[▁▂▃▄▅▆▇█]", terminal.text())


def test_keys_sort_and_reverse_it(live):
    terminal = live()
    terminal.await_so(lambda: order_of(terminal)[0] == "main.outer", "it is sorted by total time")
    terminal.press("r")
    terminal.await_so(lambda: order_of(terminal)[-1] == "main.outer", "it is reversed")
    terminal.press("r", *["Left"] * 6)
    terminal.await_text("▼calls")
    terminal.await_so(lambda: order_of(terminal)[0] == "main.deep", "it is sorted by calls")


def test_keys_open_a_histogram_and_close_it(live):
    terminal = live()
    terminal.press("End", "Enter")
    terminal.await_text("p99.9")
    assert re.search(r"main\.\w+\n  calls \d+ ", terminal.text())
    assert "esc back" in terminal.text()
    terminal.press("Escape")
    terminal.await_text("enter histogram")
    terminal.press("h")
    terminal.await_text("reverse the order")


def test_a_pause_keeps_the_figures(live):
    terminal = live()
    terminal.press("t")
    terminal.await_text("since the start")
    terminal.press("p")
    terminal.await_text("PAUSED")
    before = calls_of(terminal, "main.outer")
    time.sleep(2)
    assert calls_of(terminal, "main.outer") == before
    terminal.press("p")
    terminal.await_so(lambda: calls_of(terminal, "main.outer") > before, "it goes on")


@pytest.mark.parametrize("columns, lines", [(60, 10), (80, 24), (150, 40)])
def test_it_follows_the_size_of_the_window(live, columns, lines):
    terminal = live()
    terminal.resize(columns, lines)

    def fills_window():
        shown = terminal.lines()
        return len(shown) == lines and "q quit" in shown[-1]

    terminal.await_so(fills_window, "the frame is as large as the window")
    assert "gotraced" in terminal.lines()[0]
    assert set(order_of(terminal)) == set(FUNCTIONS)


def test_q_leaves_the_terminal_as_it_was_and_a_report(live):
    terminal = live()
    terminal.press("q")
    terminal.await_shell()
    text = terminal.all_text()
    assert "Ctrl-C reports and ends" in text
    assert all(f"\n{function}\n  calls" in text for function in FUNCTIONS)
    assert not terminal.is_alternate()
    assert_is_as_before(terminal)


@pytest.mark.parametrize("key, status", [("C-c", 0), ("C-\\", 128 + signal.SIGQUIT)])
def test_so_do_keys_that_send_signals(live, key, status):
    terminal = live()
    terminal.press(key)
    terminal.await_shell()
    assert_is_as_before(terminal, status)


@pytest.mark.parametrize("signum, status", [(signal.SIGTERM, 0), (signal.SIGSEGV, 128 + signal.SIGSEGV)])
def test_so_do_signals(live, signum, status):
    terminal = live()
    subprocess.run(["kill", f"-{signum.value}", str(pid_of_gotraced(terminal))], check=True)
    terminal.await_shell()
    assert_is_as_before(terminal, status)


def test_so_does_the_end_of_the_duration(live):
    terminal = live("--duration", "3")
    terminal.await_shell()
    assert "in all, 3.0" in terminal.all_text()
    assert_is_as_before(terminal)


def test_so_does_the_end_of_the_program(live, load):
    terminal = live()
    load.kill()
    terminal.await_shell()
    assert "every process that was traced has ended" in terminal.all_text()
    assert_is_as_before(terminal)


def test_it_stops_and_goes_on(live):
    terminal = live()
    terminal.press("C-z")
    terminal.await_text("Stopped")
    assert not terminal.is_alternate()
    assert terminal.ask("stty -a") == terminal.modes
    terminal.enter("fg; ended=$?")
    terminal.await_so(lambda: terminal.is_alternate() and calls_of(terminal, "main.outer") > 0, "it is on the screen again")
    terminal.press("q")
    terminal.await_shell()
    assert_is_as_before(terminal)


def test_a_terminal_that_takes_nothing_holds_nothing_up(live):
    terminal = live("--interval", "100ms")
    terminal.press("C-s")
    pid = pid_of_gotraced(terminal)
    switches = [voluntary_switches(pid)]
    wait_until(lambda: voluntary_switches(pid) > switches[0] + 10, "gotraced goes on")
    terminal.press("C-q", "t")
    terminal.await_text("since the start")
    terminal.press("q")
    terminal.await_shell()
    assert "in all," in terminal.all_text()


def voluntary_switches(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read(), re.MULTILINE)[1])


def test_it_has_styles(live):
    terminal = live()
    assert COLOUR.search("".join(terminal.lines("-e")))


def test_it_has_none_where_none_are_wanted(live):
    terminal = live(environment="NO_COLOR=1")
    assert not COLOUR.search("".join(terminal.lines("-e")))
    assert any(line.startswith(">main.") for line in terminal.lines())


def test_what_a_command_prints_does_not_get_on_the_screen(terminal, tmp_path, newest):
    terminal.run(GOTRACED, "--live", "--func", "main.nap", "--", newest("sleep"))
    terminal.await_text("main.nap  ")
    terminal.await_shell()
    assert "exited with status 0" in terminal.all_text()
    assert "median_ns" not in terminal.all_text()


def test_what_a_command_prints_elsewhere_gets_there(terminal, tmp_path, newest):
    errors = tmp_path / "errors"
    terminal.run("sh", "-c", f"{GOTRACED} --live --func 'main.*' -- {newest('panics')} die 2>{errors}")
    terminal.await_shell()
    assert "goroutine 1" in errors.read_text()
    assert "exited with status 2" in errors.read_text()


def test_messages_stand_on_the_screen_and_are_said_after_it(terminal, tmp_path, newest, start):
    binary = newest("load")
    start(binary, str(10 * TIMEOUT_S))
    config = tmp_path / "config"
    config.write_text(f"[target load]\nbinary = {binary}\nfunc = main.outer\n")
    terminal.run(GOTRACED, "--live", "--config", config)
    terminal.await_so(lambda: calls_of(terminal, "main.outer") > 0, "there are calls on the screen")
    config.write_text(f"[target load]\nbinary = {binary}\nfunc = main.warm\n")
    subprocess.run(["kill", "-HUP", str(pid_of_gotraced(terminal))], check=True)
    terminal.await_text("the configuration is read again")
    terminal.await_so(lambda: order_of(terminal) == ["main.warm"], "the other function is shown")
    terminal.press("q")
    terminal.await_shell()
    text = terminal.all_text()
    assert "gotraced: the configuration is read again" in text
    assert re.search(r"main\.outer\n  partial.*\n  calls \d+", text), "what was measured of the function that left"


def test_without_a_terminal_it_is_wrong_usage(newest):
    done = gotraced("--live", "--binary", newest("load"), "--func", "main.outer")
    assert done.returncode == 2
    assert "--live" in done.stderr and "terminal" in done.stderr


@pytest.mark.parametrize(
    "option", ["--output=report", "--format=json", "--format=journal", "--list", "--plan", "--cumulative"]
)
def test_with_what_has_no_screen_it_is_wrong_usage(newest, option):
    options = ["--interval=1"] if option == "--cumulative" else []
    done = gotraced("--live", "--binary", newest("load"), "--func", "main.outer", option, *options)
    assert done.returncode == 2
    assert "--live" in done.stderr
