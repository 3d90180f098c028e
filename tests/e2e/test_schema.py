"""Reports in JSON are as the schema that is shipped says."""

import json
import signal

import jsonschema
import pytest
from tracing import ROOT, read_reports, wait_until


@pytest.fixture
def validator():
    schema = json.loads((ROOT / "doc/report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_kind_of_report_is_as_the_schema_says(tracer, start, newest, validator, tmp_path):
    program = newest("load")
    config = tmp_path / "config"
    config.write_text(
        f"[target load]\nbinary = {program}\nfunc = main.*\nlabel = a=b\n[output]\nformat = json\ninterval = 200ms\n"
        f"output = {tmp_path}/reports\n"
    )
    gotraced = tracer("--config", config, output=False)
    start(program, "1").communicate(timeout=60)
    gotraced.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: '"dump"' in (tmp_path / "reports").read_text(), "there is a dump")
    gotraced.process.send_signal(signal.SIGTERM)
    assert gotraced.process.wait(10) == 0
    reports = read_reports(tmp_path / "reports")
    assert {report["report"] for report in reports} == {"interval", "dump", "final"}
    for report in reports:
        validator.validate(report)
        # All that there is, is told.
        figures = validator.schema["$defs"]["figures"]
        assert set(report) == set(figures["required"]) == set(figures["properties"]) - {"by", "self_ns"}


def test_what_is_no_report_is_found(tracer, newest, validator):
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib", "--no-calibrate", "--cumulative", "--interval", "0.2")
    wait_until(lambda: gotraced.reports("cumulative"), "there is a report")
    report = gotraced.finish()[0]
    validator.validate(report)
    for key, bad in (("calls", -1), ("start", "yesterday"), ("buckets", [[1, 2]]), ("state", "lost"), ("format", 2)):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({**report, key: bad})
