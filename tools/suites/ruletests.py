"""The tests that stand in the rules themselves, rules/*/*.yaml: `clawc test rules/` runs them as it
runs those of a user's rules. One test each; besides, every rule has one, or an example."""
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
        untested = None if rule["tests"] or rule["file"] in WITHOUT else "no test, no example"
        yield kit.Outcome(f"ruletests/{rule['id']}/tested", untested)
        for test in rule["tests"]:
            yield kit.Outcome(f"ruletests/{rule['id']}/{test['line']}", failure_of(test))


# What they are about is where a file lies, which no example can say.
WITHOUT = {"rules/fleet/fleet.shared-config.yaml", "rules/fleet/fleet.shared-state-dir.yaml"}


def tasks(context):
    yield kit.Task("ruletests", lambda: outcomes(context), has_parts=True)
