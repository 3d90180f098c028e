"""Durations are those that the program itself observes."""

import pytest


@pytest.fixture
def nap(trace, go_builds, go, links):
    result = trace(["--links", links, "--func", "main.nap"], [go_builds.path("sleep", go, "plain")])
    assert result.ends == {"main.nap": result.ledger["main.nap"]}
    (report,) = result.reports
    return report, result.ledger["inside"], result.ledger["around"]


def test_a_call_lasts_longer_than_its_body_and_less_long_than_the_calling_of_it(nap):
    report, inside, around = nap
    assert inside["min_ns"] <= report["min_ns"] <= around["min_ns"]
    assert inside["max_ns"] <= report["max_ns"] <= around["max_ns"]
    assert inside["sum_ns"] <= report["mean_ns"] * report["calls"] <= around["sum_ns"]
    assert abs(report["p50_ns"] / around["median_ns"] - 1) <= 0.02


def test_percentiles_are_those_of_a_known_distribution(trace, newest):
    """fib's shortest call is a leaf of the tree, its longest is the root, which contains all others."""
    (report,) = trace(["--func", "main.fib"], [newest("fib")]).reports
    total = report["mean_ns"] * report["calls"]
    assert report["min_ns"] < report["p50_ns"] < report["p90_ns"] < report["p99_ns"] < report["p999_ns"]
    assert report["p999_ns"] < report["max_ns"] < total
    # Leaves are 10 946 of the 21 891 calls, the parents of two leaves 4 181: by a factor longer.
    assert report["p50_ns"] * 2 < report["p90_ns"]
