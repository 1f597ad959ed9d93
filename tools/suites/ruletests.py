"""The tests that stand in the rules themselves, rules/*/*.yaml: `clawc test rules/` runs them as it
runs those of a user's rules. One test each; the example of a rule counts as two. A rule about what no
text can say, such as the permissions of a file, has none: its configs lie in testdata/rules/."""
import json

from . import kit


def failure_of(test):
    if test["passed"]:
        return None
    return "\n".join(f"{key}: {test[key]}" for key in ("error", "missing", "unexpected", "undecided")
                     if key in test)


def outcomes(context):
    result = kit.run([context.clawc, "test", "rules/", "--format", "json"], context.root)
    complaint = result.complaint((0, 1))
    if complaint:
        yield kit.Outcome("ruletests", complaint)
        return
    report = json.loads(result.out)
    for rule in report["rules"]:
        for test in rule["tests"]:
            yield kit.Outcome(f"ruletests/{rule['id']}/{test['line']}", failure_of(test))


def tasks(context):
    yield kit.Task("ruletests", lambda: outcomes(context), has_parts=True)
