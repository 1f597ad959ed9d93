#!/usr/bin/env python3
"""The test runner behind `make test`.

    tools/runtests.py --clawc build/clawc [--only PATTERN]… [--update] [--jobs N] [UNIT-TEST…]

UNIT-TEST are unit test binaries (cmocka). Everything else is data of the repository:

    suites/unit.py      the binaries given
    suites/cases.py     testdata/cases/<command>/<case>/    a command line and what it must print
    suites/badinput.py  testdata/badinput/                  wrong types at every place of a config
    suites/fuzz.py      testdata/fuzz/                      inputs of the fuzz targets
    suites/determinism.py                                   the same bytes, whoever asks
    suites/jobs.py      testdata/rules/                     the same report, on one thread or several
    suites/secrets.py   testdata/secrets/                   configs whose secrets must not be printed
    suites/rules.py     testdata/rules/<rule>/              configs where a rule fires or is silent
    suites/ruletests.py rules/                              the tests that stand in the rules
    suites/docs.py      docs/facts.md, docs/rules/          are as the program prints them, examples true
    suites/schemas.py   testdata/schemas/                   our outputs against published schemas
    suites/editors.py                                       the schema for editors
    suites/hook.py      testdata/hook/                      what the pre-commit hook lets through
    suites/fleet.py     testdata/fleet/<case>/              fleets in Compose and what is found in them
    suites/facts.py     the same, and 1,000 made         fleets joined by what shards have written
    suites/pages.py     README.md, docs/, examples/         what the documentation says is printed
    suites/vectors.py   testdata/vectors/                   recorded answers of the real gateway
    suites/audit.py     testdata/vectors/audit-*            what the gateway's own audit reports
    suites/policy.py    testdata/vectors/policy-*.jsonl     those to its policy documents

What each of them reads is said at the top of its file. `--only` keeps the tests whose name has the
pattern in it (or matches it, when it has a `*`). `--update` writes what was printed as what is
expected; read the diff before you commit it. Failures are printed as they come, with a diff; the
last line is always `N passed, N failed`; the exit code is 1 when a test failed.
"""
import argparse
import concurrent.futures
import fnmatch
import os
import sys
import traceback
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree stays as it is

from suites import (  # noqa: E402
    audit, badinput, cases, determinism, docs, editors, facts, fleet, fuzz, hook, jobs, kit, pages, policy, rules,
    ruletests, schemas, secrets, unit, validate, vectors,
)

SUITES = (unit, cases, badinput, fuzz, secrets, determinism, rules, ruletests, docs, schemas, editors,
          hook, jobs, fleet, facts, pages, validate, vectors, audit, policy)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Runs the tests of clawc.")
    parser.add_argument("--clawc", default="build/clawc", help="the program (build/clawc)")
    parser.add_argument("--only", action="append", metavar="PATTERN", help="only these tests")
    parser.add_argument("--update", action="store_true", help="write what is expected anew")
    parser.add_argument("--jobs", type=int, default=2, help="tests at a time (2)")
    parser.add_argument("units", nargs="*", metavar="UNIT-TEST", help="unit test binaries")
    return parser.parse_args()


def is_wanted(name, patterns):
    return not patterns or any(
        fnmatch.fnmatchcase(name, p) if "*" in p else p in name for p in patterns
    )


def may_have_wanted(task, patterns):
    """Is the task wanted, or may one of its parts be? Not when the pattern names another suite."""
    if is_wanted(task.name, patterns):
        return True
    suites = {suite.__name__.rpartition(".")[2] for suite in SUITES}
    named = {pattern.partition("/")[0] for pattern in patterns}
    return task.has_parts and bool(named - suites | named & {task.name.partition("/")[0]})


def run_task(task):
    """The outcomes of a task; a mistake in a test or its data is a failed test, not a crash."""
    try:
        return list(task.run())
    except Exception:  # noqa: BLE001
        return [kit.Outcome(task.name, traceback.format_exc())]


def main():
    options = parse_arguments()
    context = kit.Context(
        root=Path(__file__).resolve().parent.parent,
        clawc=Path(os.path.abspath(options.clawc)),
        units=[Path(os.path.abspath(u)) for u in options.units],
        update=options.update,
    )
    os.chdir(context.root)
    tasks = [
        task
        for suite in SUITES
        for task in suite.tasks(context)
        if may_have_wanted(task, options.only)
    ]
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for outcomes in pool.map(run_task, tasks):
            for outcome in outcomes:
                if not is_wanted(outcome.name, options.only):
                    continue
                if outcome.failure is None:
                    passed += 1
                    continue
                failed += 1
                print(f"FAILED {outcome.name}\n{outcome.failure.rstrip()}\n", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
