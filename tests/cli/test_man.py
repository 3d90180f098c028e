"""The manual page says what the program does: its options, its settings, and examples that work."""

import re
import shlex
import subprocess

import pytest
from building import NEWEST_GO, go_environment
from tracing import ROOT, TIMEOUT_S, gotraced

PAGE = ROOT / "doc/gotraced.1"
USAGE = 2
SECTION_OF_SETTING = re.compile(r'\[SETTING_\w+\] = \{ "([\w-]+)", SECTION_(\w+),')


def help_lines():
    return gotraced("--help").stdout.splitlines()


def options_of_help():
    """The long options, and the short ones that they have."""
    found = {}
    for line in help_lines():
        if match := re.match(r"  (?:-(\S), |    )--([\w-]+)", line):
            found[match[2]] = match[1]
    return found


def section(name):
    """The source of a section of the page."""
    return PAGE.read_text().partition(f"\n.Sh {name}\n")[2].partition("\n.Sh ")[0]


def options_of_page():
    found = {}
    for line in section("OPTIONS").splitlines():
        if match := re.match(r"\.It (?:Fl (?:\\&)?(\S) , )?Fl -([\w-]+)", line):
            found[match[2]] = match[1]
    return found


def settings_of_page():
    """The names of settings by their section of the configuration file."""
    found, current = {}, None
    for line in section("CONFIGURATION").splitlines():
        if match := re.match(r"\.It Li \[(\w+)", line):
            current = found.setdefault(match[1], set())
        elif match := re.match(r"\.It Cm ([\w-]+)$", line):
            current.add(match[1])
    return found


def examples():
    return re.findall(r"^\.Dl [$#] (.*)", section("EXAMPLES"), re.M)


def configuration():
    (text,) = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", section("EXAMPLES"), re.M | re.S)
    return text


def test_it_is_good_mdoc():
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGE], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stdout, done.stdout


def test_it_has_the_options_that_there_are():
    assert options_of_page() == options_of_help()


def test_it_knows_no_option_that_there_is_not():
    """Wherever it speaks of one; other programs have --signal and the like."""
    text = re.sub(r"^\.Ic systemctl.*", "", PAGE.read_text(), flags=re.M)
    assert set(re.findall(r"\bFl -([\w-]+)", text)) <= set(options_of_help())


def test_it_has_the_settings_that_there_are():
    expected = {}
    for name, of in SECTION_OF_SETTING.findall((ROOT / "src/cli/setting.c").read_text()):
        expected.setdefault(of.lower(), set()).add(name)
    assert settings_of_page() == expected and len(expected) == 5


def test_it_has_the_fields_of_the_journal():
    source = (ROOT / "src/report/journal.c").read_text()
    fields = set(re.findall(r'"GOTRACED_([A-Z_]+)=', source))
    fields |= set(re.findall(r'^\t\t\{ "(\w+)", figures->', source, re.M))
    fields |= {f"{name}_NS" for name in re.findall(r'^\t\t\{ "(\w+)", (?:durations->|histogram_)', source, re.M)}
    page = section("REPORTS")
    assert len(fields) > 20
    assert fields == {name for name in re.findall(r"\bGOTRACED_([A-Z0-9_]+)", page) if name != "LABEL_"}
    assert re.search(r'MESSAGE_ID "(\w+)"', source)[1] in page


@pytest.fixture(scope="module")
def shop(go_builds, tmp_path_factory):
    """The program of the examples, where it alone is in a folder."""
    program = tmp_path_factory.mktemp("shop") / "shop"
    goroot = go_builds.goroot(NEWEST_GO)
    argv = [f"{goroot}/bin/go", "build", "-o", program, ROOT / "examples/shop/main.go"]
    subprocess.run(argv, env=go_environment(goroot), check=True, timeout=TIMEOUT_S)
    return program


@pytest.fixture(scope="module")
def running_shop(shop):
    process = subprocess.Popen([shop], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


def planned(words):
    """The words of a command line with which it says what it would trace; it takes neither a command nor an output."""
    if "--" in words:
        at = words.index("--")
        words = [*words[:at], "--binary", words[at + 1]]
    for option in ("-o", "--output"):
        if option in words:
            at = words.index(option)
            words = words[:at] + words[at + 2 :]
    return [*words, "--plan"]


@pytest.mark.parametrize("example", [line for line in examples() if "gotraced " in line and "--config" not in line])
def test_an_example_finds_its_functions(example, shop, running_shop):
    program, *words = shlex.split(example.replace("4711", str(running_shop.pid)))
    assert program == "gotraced"
    done = gotraced(*planned(words), cwd=shop.parent)
    assert done.returncode == 0 and "main." in done.stdout, done.stderr
    assert "not traced" not in done.stdout or "main.*" in example


def test_the_example_configuration_is_right(shop, tmp_path):
    path = tmp_path / "shop.conf"
    path.write_text(configuration().replace("/usr/local/bin/shop", str(shop)))
    (example,) = (line for line in examples() if "--config" in line)
    program, *words = shlex.split(example.replace("/etc/gotraced/shop.conf", str(path)))
    done = gotraced(*words)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "2 of 2 functions can be traced" in done.stdout and "label team=payments" in done.stdout


def test_the_longest_line_of_a_configuration_is_as_it_says(tmp_path):
    (limit,) = map(int, re.findall(r"at most (\d+) bytes, its end included", PAGE.read_text()))
    for n_bytes, is_wrong in ((limit, False), (limit + 1, True)):
        path = tmp_path / "long.conf"
        line = "func = ".ljust(n_bytes - 1, "x")
        path.write_text(f"[target a]\nbinary = /bin/true\n{line}\n")
        assert ("too long" in gotraced("--config", path, "--check-config").stderr) == is_wrong


def test_help_fits_a_terminal():
    assert all(len(line) <= 80 for line in help_lines())


def test_help_names_what_one_wants_to_do():
    heads = [line.strip() for line in help_lines() if re.match(r" \S.*:$", line)]
    assert [head.split(",")[0].split(" (")[0].rstrip(":") for head in heads] == [
        "What to trace", "Looking", "When to report", "Output", "Single calls", "Limits", "Kernel interface", "About gotraced"
    ]  # fmt: skip
    groups = re.findall(r"^\.Ss (.*)", section("OPTIONS"), re.M)
    assert groups == [head.partition(" (")[0].rstrip(":") for head in heads]


@pytest.mark.parametrize("example", [line.strip() for line in help_lines() if line.startswith("  gotraced ")])
def test_an_example_of_help_is_right_usage(example):
    program, *words = shlex.split(example)
    if "--config" in words:
        assert words == ["--config", "/etc/gotraced/server.conf", "--check-config"]
        return
    # What it names is not there, which is not its fault.
    assert gotraced(*planned(words)).returncode != USAGE
