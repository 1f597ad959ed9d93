"""Fleets: testdata/fleet/<case>/, each a Compose project with several gateways.

    fleet.json       what `clawc audit --fleet` reads; names the other files
    expected.json    every finding of the fleet's rules (`violations` and `hygiene`: rule, severity,
                     gateways, resource) and every link between gateways (`edges`: from, to, kind)

Every finding must also point at a line of one of the case's files, and no value of a secret may be
in any report."""
import json

from . import kit

SEVERITIES = {"E": "critical", "W": "warn", "I": "info"}


def audit(context, case, output):
    words = [context.clawc, "audit", "--fleet", "fleet.json", "--format", output, "--color", "never"]
    return kit.run(words, case, env=kit.environment("/nonexistent"))


def expected_findings(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return sorted((f["rule"], SEVERITIES[f["severity"]], f["gateways"], f["resource"])
                  for f in expected["violations"] + expected["hygiene"])


def found(report):
    return sorted((f["id"].removeprefix("fleet."), f["severity"], f["subjects"]["gateways"],
                   f["subjects"]["resource"])
                  for f in report["findings"] if f["id"].startswith("fleet."))


def difference(expected, actual):
    lines = [f"missing: {f}" for f in expected if f not in actual]
    lines += [f"not expected: {f}" for f in actual if f not in expected]
    return "\n".join(lines) or None


def places(report, case):
    """Findings that point at no line of a file of the case."""
    for finding in report["findings"]:
        for location in [finding["location"]] + [r["location"] for r in finding["related"]]:
            path = case / location.get("file", "")
            lines = path.read_bytes().count(b"\n") + 1 if path.is_file() else 0
            if not 1 <= location["start"]["line"] <= lines:
                yield f"{finding['id']} points at {location}"


def check_findings(context, case):
    result = audit(context, case, "json")
    complaint = result.complaint((0, 1, 2))
    if complaint:
        return complaint
    report = json.loads(result.out)
    failures = [difference(expected_findings(case), found(report)), *places(report, case)]
    return "\n".join(f for f in failures if f) or None


def secrets_of(case):
    """The values of a case's .env file and the literals at names of secrets."""
    env = case / ".env"
    for line in env.read_text(encoding="utf-8").splitlines() if env.exists() else ():
        name, _, value = line.partition("=")
        value = value.split(" #")[0].strip().strip("'\"")
        if len(value) >= 12 and name.strip() != "REGISTRY":
            yield value


def check_secrets(context, case):
    for output in ("text", "json", "sarif"):
        result = audit(context, case, output)
        for value in secrets_of(case):
            if value.encode() in result.out + result.err:
                return f"the {output} report shows {value[:4]}..."
    return None


def tasks(context):
    for case in sorted((context.root / "testdata" / "fleet").glob("*/fleet.json")):
        case = case.parent
        yield kit.test(f"fleet/{case.name}/findings", lambda c=case: check_findings(context, c))
        yield kit.test(f"fleet/{case.name}/secrets", lambda c=case: check_secrets(context, c))
