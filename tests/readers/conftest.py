"""The versions and build modes of the programs that tell themselves what the readers should make of them."""

from building import NEWEST_GO, OLDEST_GO, every_version

MODES = ["plain", "stripped", "pie", "pie-stripped", "cgo-pie"]


def releases(all_versions):
    if not all_versions:
        return [OLDEST_GO, NEWEST_GO]
    versions, missing = every_version()
    return [version for version in versions if version not in missing]


def pytest_generate_tests(metafunc):
    if "release" in metafunc.fixturenames:
        found = releases(metafunc.config.getoption("--all"))
        metafunc.parametrize("release", found, ids=[f"go{version}" for version in found])
    if "mode" in metafunc.fixturenames and "release" in metafunc.fixturenames:
        metafunc.parametrize("mode", MODES)
