"""The versions and build modes of the matrix, and the table of what became of each."""

import pytest
from building import every_version, version_of

SOME_VERSIONS = ["1.15", "1.19", "1.24", "newest"]
VALUE_MODES = ["plain", "pie", "unoptimised", "cgo", "cgo-pie"]
MODES = ["plain", "stripped", "pie", "pie-stripped", "cgo", "cgo-stripped", "cgo-pie"]

TABLE = pytest.StashKey()


class Table:
    """What became of each cell, as far as it is known."""

    def __init__(self, all_versions):
        self.cells = {}
        self.names = {}
        self.versions, self.missing = every_version() if all_versions else (SOME_VERSIONS, {})

    def note(self, version, mode, result):
        self.cells[version, mode] = result

    def lines(self):
        widths = [max(len(mode), len("FAILED 99")) for mode in MODES]
        yield "  ".join(["go".ljust(13), *(mode.rjust(width) for mode, width in zip(MODES, widths))])
        for version in self.versions:
            if version in self.missing:
                yield f"{version:13}  NOT AVAILABLE, NOT TESTED: {self.missing[version]}"
                continue
            cells = (str(self.cells.get((version, mode), "-")).rjust(width) for mode, width in zip(MODES, widths))
            yield "  ".join([self.names.get(version, version).ljust(13), *cells])


def pytest_generate_tests(metafunc):
    """A version that cannot be had makes no tests, but it has its row in the table."""
    fixtures = {"cell": MODES, "values_cell": VALUE_MODES}
    wanted = [fixture for fixture in fixtures if fixture in metafunc.fixturenames]
    if not wanted:
        return
    stash = metafunc.config.stash
    if TABLE not in stash:
        stash[TABLE] = Table(metafunc.config.getoption("--all"))
    table = stash[TABLE]
    for fixture in wanted:
        modes = fixtures[fixture]
        cells = [(version, mode) for version in table.versions if version not in table.missing for mode in modes]
        metafunc.parametrize(fixture, cells, ids=[f"go{version}-{mode}" for version, mode in cells])


@pytest.fixture
def note(request, cell, go_builds):
    """note(result) puts a result into the table; until then it is a failure."""
    table = request.config.stash[TABLE]
    table.note(*cell, "FAILED")
    if cell[0] == "newest":
        table.names["newest"] = f"newest ({version_of(go_builds.goroot('newest'))})"
    return lambda result: table.note(*cell, result)


def pytest_terminal_summary(terminalreporter, config):
    table = config.stash.get(TABLE, None)
    # Of a run that chose other tests there is nothing to tell.
    if table is None or not table.cells:
        return
    terminalreporter.section("matrix: functions whose calls are counted exactly")
    for line in table.lines():
        terminalreporter.write_line(line, red="NOT AVAILABLE" in line or "FAILED" in line)
