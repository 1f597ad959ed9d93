"""Unit tests: cmocka binaries, which report each test by the Test Anything Protocol.

A binary that ends otherwise than with code 0, that stops before its plan is met or that a sanitizer
complains about has failed, with its output shown. One that speaks no TAP is one test."""
import re

from . import kit

LINE = re.compile(rb"^(not ok|ok) \d+ - (\S+)|^(ok) \d+ # SKIP (\S+)", re.MULTILINE)
PLAN = re.compile(rb"^1\.\.(\d+)", re.MULTILINE)


def run_binary(context, name, binary):
    env = kit.environment("/nonexistent")
    env["CMOCKA_MESSAGE_OUTPUT"] = "TAP"
    result = kit.run([binary], cwd=context.root, env=env)
    output = kit.shorten(kit.text(result.out + result.err))
    outcomes = []
    for match in LINE.finditer(result.out):
        ok, test = match.group(1) or match.group(3), match.group(2) or match.group(4)
        failure = None if ok == b"ok" else output
        outcomes.append(kit.Outcome(f"{name}/{kit.text(test)}", failure))
    planned = sum(int(n) for n in PLAN.findall(result.out))
    complaint = result.complaint((0,))
    if not complaint and planned > len(outcomes):
        complaint = f"{planned} tests were planned, {len(outcomes)} have run"
    already_told = any(o.failure for o in outcomes) and len(outcomes) == planned
    if not outcomes:
        outcomes.append(kit.Outcome(name, complaint and f"{complaint}\n{output}"))
    elif complaint and not already_told:
        outcomes.append(kit.Outcome(name, f"{complaint}\n{output}"))
    return outcomes


def tasks(context):
    for binary in context.units:
        name = f"unit/{binary.name}"
        yield kit.Task(name, lambda n=name, b=binary: run_binary(context, n, b), has_parts=True)
