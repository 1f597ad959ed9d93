"""Fleets: testdata/fleet/<case>/, each a Compose project with several gateways.

    fleet.json       what `clawc audit --fleet` reads; names the other files
    expected.json    every finding of the fleet's rules (`violations`, `hygiene` and `advice`: rule,
                     severity, gateways, resource) and every link between gateways (`edges`: from, to, kind)

Every finding must also point at a line of one of the case's files, and no value of a secret may be
in any report."""
import json
import shutil
import tempfile
from pathlib import Path

from . import kit

SEVERITIES = {"E": "critical", "W": "warn", "I": "info"}


def audit(context, case, output):
    words = [context.clawc, "audit", "--fleet", "fleet.json", "--format", output, "--color", "never"]
    return kit.run(words, case, env=kit.environment("/nonexistent"))


def expected_findings(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return sorted((f["rule"], SEVERITIES[f["severity"]], f["gateways"], f["resource"])
                  for key in ("violations", "hygiene", "advice") for f in expected.get(key, ()))


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


def check_edges(context, case):
    words = [context.clawc, "fleet", "graph", "--fleet", "fleet.json", "--format", "json"]
    result = kit.run(words, case, env=kit.environment("/nonexistent"))
    complaint = result.complaint((0, 2))
    if complaint:
        return complaint
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))["edges"]
    drawn = [[e["from"], e["to"], e["kind"]] for e in json.loads(result.out)["edges"]]
    return difference(sorted(expected), sorted(e for e in drawn if e[2] in ("agent", "wake")))


def check_short_graph(context):
    """`clawc graph` is `clawc fleet graph`."""
    case = context.root / "testdata" / "fleet" / "04-mesh-loops"
    words = ["--fleet", "fleet.json", "--format", "dot"]
    run = lambda *name: kit.run([context.clawc, *name, *words], case, env=kit.environment("/nonexistent"))
    long, short = run("fleet", "graph"), run("graph")
    return short.complaint((0,)) or (None if long.out == short.out else "they differ")


NEW = "one-more"


def config_of(plan):
    """The config in the comments of a plan."""
    lines = [line[4:] for line in plan.splitlines() if line.startswith("#   ")]
    start = lines.index("{")
    return "\n".join(lines[start:lines.index("}", start) + 1])


def names_new(report):
    """Findings about the gateway that was added, in its config and by the fleet's rules; the summary
    of what a config opens is none."""
    def is_new(finding):
        if finding["id"].startswith("fleet."):
            return any(name.startswith(NEW) for name in finding["subjects"]["gateways"])
        return Path(finding["location"]["file"]).match(f"*{NEW}*") and not finding["id"].startswith("summary.")
    return [f"{f['id']}: {f['message']}" for f in report["findings"] if is_new(f)]


def apply_plan(scratch, plan):
    """Does what a plan for a case's Compose project says."""
    (scratch / "plan.yaml").write_text(plan, encoding="utf-8")
    (scratch / f"{NEW}.json5").write_text(config_of(plan), encoding="utf-8")
    fleet = json.loads((scratch / "fleet.json").read_text(encoding="utf-8"))
    fleet["gateways"][NEW] = f"{NEW}.json5"
    fleet.setdefault("composeFiles", ["docker-compose.yml"]).append("plan.yaml")
    (scratch / "fleet.json").write_text(json.dumps(fleet), encoding="utf-8")
    if (scratch / ".env").exists():
        with open(scratch / ".env", "a", encoding="utf-8") as env:
            env.write("\nONE_MORE_GATEWAY_TOKEN=0123456789abcdef0123456789abcdef0123\n")


def check_plan(context, case):
    """Of a gateway that is proposed for a project no rule of the fleet has anything to say; one for
    which the host has no memory is refused."""
    with tempfile.TemporaryDirectory(prefix="clawc-plan-") as folder:
        scratch = Path(folder) / "case"
        shutil.copytree(case, scratch)
        run = lambda *words: kit.run([context.clawc, *words], scratch, env=kit.environment(folder))
        before = json.loads(audit(context, scratch, "json").out)
        full = any(f["id"] == "fleet.ram-overcommit" for f in before["findings"])
        result = run("fleet", "plan", "--add", NEW, "--fleet", "fleet.json")
        if full:
            return result.complaint((3,)) or (None if b"memory" in result.err else "it does not say why")
        if result.complaint((0,)):
            return result.complaint((0,))
        apply_plan(scratch, result.out.decode())
        check = run("check", f"{NEW}.json5", "--gateway", before["files"][0]["gateway"])
        after = audit(context, scratch, "json")
        complaint = check.complaint((0,)) or after.complaint((0, 1, 2))
        if complaint:
            return complaint
        report = json.loads(after.out)
        known = any(f["file"] == f"{NEW}.json5" for f in report["files"])
        return "\n".join(names_new(report)) or (None if known else "its config is not audited")


HUB = """\
services:
  law:
    image: openclaw:2026.9.6
    environment: { OPENCLAW_GATEWAY_TOKEN: "${LAW_TOKEN}" }
    networks: [law]
    volumes: ["law:/home/node/.openclaw"]
networks: { law: {} }
volumes: { law: {} }
"""


def check_spoke_plan(context):
    """The plan of a spoke, merged as it says: neither it nor the daemon of its sandboxes, which no
    list of gateways tells apart here, is a finding."""
    with tempfile.TemporaryDirectory(prefix="clawc-plan-") as folder:
        scratch = Path(folder)
        run = lambda *words: kit.run([context.clawc, *words], scratch, env=kit.environment(folder))
        (scratch / "compose.yaml").write_text(HUB, encoding="utf-8")
        (scratch / "clawc.yaml").write_text("fleet: { hub: law }\n", encoding="utf-8")
        result = run("fleet", "plan", "--add", NEW, "compose.yaml")
        if result.complaint((0,)):
            return result.complaint((0,))
        plan = result.out.decode()
        (scratch / "plan.yaml").write_text(plan, encoding="utf-8")
        (scratch / f"{NEW}.json5").write_text(config_of(plan), encoding="utf-8")
        (scratch / ".env").write_text(
            "LAW_TOKEN=fedcba9876543210fedcba9876543210\n"
            "ONE_MORE_GATEWAY_TOKEN=0123456789abcdef0123456789abcdef0123\n", encoding="utf-8")
        after = run("audit", "-f", "compose.yaml", "-f", "plan.yaml", "--format", "json")
        if after.complaint((0, 1)):
            return after.complaint((0, 1))
        report = json.loads(after.out)
        seen = [u["reason"] for u in report["undecided"] if f"{NEW}-docker" in u["reason"]]
        return "\n".join(names_new(report) + seen) or None


def check_host_plan(context, version):
    """A profile that is proposed beside the gateways of a host is understood, and shares nothing."""
    with tempfile.TemporaryDirectory(prefix="clawc-plan-") as folder:
        home = Path(folder).resolve()
        (home / ".openclaw").mkdir()
        (home / ".openclaw" / "openclaw.json").write_text(
            '{gateway: {port: 18789, auth: {token: "${MAIN_TOKEN}"}}}', encoding="utf-8")
        run = lambda *words: kit.run([context.clawc, *words, "--gateway", version], home,
                                     env=kit.environment(folder))
        result = run("fleet", "plan", "--add", NEW, ".openclaw/openclaw.json")
        if result.complaint((0,)):
            return result.complaint((0,))
        state = home / f".openclaw-{NEW}"
        state.mkdir()
        plan = result.out.decode()
        (state / "openclaw.json").write_text(config_of(plan), encoding="utf-8")
        (home / "clawc.yaml").write_text(plan, encoding="utf-8")
        check = run("check", str(state / "openclaw.json"))
        after = run("audit", ".openclaw/openclaw.json", str(state), "--format", "json")
        complaint = check.complaint((0,)) or after.complaint((0, 1))
        if complaint:
            return complaint
        report = json.loads(after.out)
        known = len(report["files"]) == 2
        return "\n".join(names_new(report)) or (None if known else "a config is missing")


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
    yield kit.test("fleet/graph", lambda: check_short_graph(context))
    yield kit.test("fleet/spoke-plan", lambda: check_spoke_plan(context))
    for version in ("2026.3.13", "2026.8.2", "2026.9.6"):
        yield kit.test(f"fleet/host-plan/{version}", lambda v=version: check_host_plan(context, v))
    for case in sorted((context.root / "testdata" / "fleet").glob("*/fleet.json")):
        case = case.parent
        yield kit.test(f"fleet/{case.name}/findings", lambda c=case: check_findings(context, c))
        yield kit.test(f"fleet/{case.name}/plan", lambda c=case: check_plan(context, c))
        yield kit.test(f"fleet/{case.name}/edges", lambda c=case: check_edges(context, c))
        yield kit.test(f"fleet/{case.name}/secrets", lambda c=case: check_secrets(context, c))
