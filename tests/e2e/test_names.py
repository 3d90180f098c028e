"""The name that a user writes finds the function that is meant, and what is not seen of it is told."""

import json
import subprocess

import pytest
from building import go_environment
from tracing import gotraced


@pytest.fixture
def matrix(go_builds):
    return go_builds.path("matrix", "newest", "stripped")


def found(binary, pattern):
    done = gotraced("--list", "--format", "json", "--binary", binary, "--func", pattern)
    assert done.returncode == 0, done.stderr
    return {json.loads(line)["function"] for line in done.stdout.splitlines()}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("matrix/yaml%2ev2.Lines", {"matrix/yaml%2ev2.Lines"}),
        ("matrix/yaml.v2.Lines", {"matrix/yaml%2ev2.Lines"}),
        ("matrix/yaml.v2.(*Decoder).Decode", {"matrix/yaml%2ev2.(*Decoder).Decode"}),
        ("main.transform", {"main.transform[go.shape.int,go.shape.int]"}),
        ("main.transform[...]", {"main.transform[go.shape.int,go.shape.int]"}),
        ("main.transform[int,int]", {"main.transform[go.shape.int,go.shape.int]"}),
        ("main.(*stack[string]).push", {"main.(*stack[go.shape.string]).push"}),
        ("main.(*stack[*main.anything]).push", {"main.(*stack[go.shape.*uint8]).push"}),
        ("main.(*stack).push", {f"main.(*stack[go.shape.{of}]).push" for of in ("int", "string", "*uint8")}),
        ("main.stack.push", {f"main.(*stack[go.shape.{of}]).push" for of in ("int", "string", "*uint8")}),
        ("main.(*stack).pu*", {f"main.(*stack[go.shape.{of}]).push" for of in ("int", "string", "*uint8")}),
        # The wrapper main.(*queue[int]).add is meant only by its own name, and never alone.
        ("main.(*queue).add", {"main.(*queue[go.shape.int]).add"}),
        ("main.(*queue[int]).add", {"main.(*queue[int]).add", "main.(*queue[go.shape.int]).add"}),
        ("main.(*stack[*]).push", {f"main.(*stack[go.shape.{of}]).push" for of in ("int", "string", "*uint8")}),
        ("main.(*counter).*", {"main.(*counter).add", "main.(*counter).add-fm"}),
        ("main.transform.func1", {"main.transform[go.shape.int,go.shape.int].func1"}),
    ],
)
def test_a_name_finds_the_function_that_is_meant(matrix, written, meant):
    assert found(matrix, written) == meant


def test_in_a_program_that_does_not_tell_type_arguments_all_are_meant(go_builds):
    stripped = go_builds.path("matrix", "1.19", "stripped")
    assert found(stripped, "main.(*stack).push") == {"main.(*stack[...]).push"}
    done = gotraced("--list", "--binary", stripped, "--func", "main.(*stack[int]).push")
    assert done.returncode == 1 and "type arguments" in done.stderr and "main.(*stack[...]).push" in done.stderr


def test_type_arguments_that_there_are_none_of_are_explained(matrix):
    done = gotraced("--list", "--binary", matrix, "--func", "main.(*stack[float64]).push")
    assert done.returncode == 1 and "type arguments" in done.stderr


def test_the_nearest_names_do_not_depend_on_letter_case(matrix):
    done = gotraced("--list", "--binary", matrix, "--func", "MAIN.FIB")
    assert done.returncode == 1 and "\n  main.fib\n" in done.stderr


def test_the_list_explains_generic_functions(matrix):
    generic = gotraced("--list", "--binary", matrix, "--func", "main.transform")
    other = gotraced("--list", "--binary", matrix, "--func", "main.fib")
    assert "type arguments" in generic.stdout and "type arguments" not in other.stdout


def test_a_function_called_by_assembly_is_traced_once(matrix):
    done = gotraced("--plan", "--format", "json", "--binary", matrix, "--func", "matrix/asm.yield")
    plans = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["refused" in plan for plan in plans].count(False) == 1
    assert [plan for plan in plans if "only wraps" in plan.get("refused", "")]


def inlined_places(binary, function):
    done = gotraced("--list", "--format", "json", "--binary", binary, "--func", function)
    (listed,) = [json.loads(line) for line in done.stdout.splitlines()]
    return listed["inlined"]


@pytest.mark.parametrize("version", ["1.15", "1.19", "1.24", "newest"])
def test_a_function_that_was_inlined_as_well_says_where_calls_are_not_seen(go_builds, version):
    binary = go_builds.path("fib", version, "stripped")
    function = "sync.(*Mutex).Unlock"
    n = inlined_places(binary, function)
    assert n > 1
    done = gotraced("--duration", "100ms", "--binary", binary, "--func", function)
    assert done.returncode == 0, done.stderr
    assert f"not all of its calls are seen: it was also inlined, in {n} places" in done.stderr
    text = gotraced("--list", "--binary", binary, "--func", function).stdout
    assert text.splitlines()[1].split()[3:] == [str(n), function]


def test_a_function_that_was_never_inlined_warns_of_nothing(matrix):
    assert inlined_places(matrix, "main.fib") == 0
    done = gotraced("--duration", "100ms", "--binary", matrix, "--func", "main.fib")
    assert done.returncode == 0 and "inlined" not in done.stderr


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("main.(*number).add", "the compiler made it to call another function"),
        ("main.(*car).run", "1 return, of what it jumps to"),
    ],
)
def test_a_wrapper_says_that_it_is_one(matrix, function, said):
    done = gotraced("--duration", "100ms", "--binary", matrix, "--func", function)
    assert done.returncode == 0 and said in done.stderr


def test_a_go_library_is_refused(go_builds, tmp_path):
    (tmp_path / "library.go").write_text('package main\n\nimport "C"\n\n//export F\nfunc F() {}\n\nfunc main() {}\n')
    goroot = go_builds.goroot("newest")
    env = {**go_environment(goroot), "CGO_ENABLED": "1"}
    argv = [f"{goroot}/bin/go", "build", "-buildmode=c-shared", "-o", "library.so", "library.go"]
    subprocess.run(argv, cwd=tmp_path, env=env, check=True)
    done = gotraced("--list", "--binary", tmp_path / "library.so")
    assert done.returncode == 1 and "shared library" in done.stderr and "c-shared" in done.stderr
