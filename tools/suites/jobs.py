"""Audits on several threads: for any --jobs the report of many gateways is the same, byte for byte.

The gateways are the configs of testdata/rules/, all in one call, so that every rule and every part of
the analysis runs on several threads; once more with a policy document, and with a rule that looks at
two gateways. Where `make` has left a program with ThreadSanitizer (`tsan/clawc` beside the folder of the
program, or in it) that one is run, too."""
import tempfile
from pathlib import Path

from . import kit

JOBS = (2, 7)
PAIRS = """\
id: house.pair
title: Two gateways of one port
family: fleet
severity: info
for: gateway_pair
when: gateway_pair.a.port == gateway_pair.b.port && gateway_pair.a.name < "D"
message: '{gateway_pair.a.name} and {gateway_pair.b.name}'
fix: Choose another port.
"""
POLICY = """\
{
  sandbox: { requireMode: ["all"] },
  tools: { profiles: { allow: ["minimal"] }, denyTools: ["exec"] },
  scopes: { rooms: { channelIds: ["telegram"], ingress: { channels: { allowDmPolicies: ["allowlist"] } } } },
}
"""


def configs(context, most):
    files = sorted((context.root / "testdata" / "rules").glob("*/*.json5"))
    return files[::max(1, len(files) // most)]


def audit(program, folder, jobs, words):
    return kit.run([program, "audit", "--jobs", str(jobs), "--fail-on", "never", *words], folder,
                   env={**kit.environment("/nonexistent"), "SOURCE_DATE_EPOCH": "1700000000"})


def variants(folder):
    """What is given beside the configs."""
    (folder / "rules").mkdir()
    (folder / "rules" / "house.pair.yaml").write_text(PAIRS, encoding="utf-8")
    (folder / "policy.jsonc").write_text(POLICY, encoding="utf-8")
    return [["--format", "json"], ["--format", "text", "--each"], ["--format", "sarif", "--policy", "policy.jsonc"],
            ["--format", "json", "--rules", "rules"]]


def check_same(context):
    with tempfile.TemporaryDirectory(prefix="clawc-jobs-") as name:
        folder = Path(name)
        files = configs(context, 200)
        for words in variants(folder):
            alone = audit(context.clawc, folder, 1, [*words, *files])
            complaint = alone.complaint((0, 2))
            if complaint:
                return f"{words}: {complaint}"
            if len(alone.out) < 100000:
                return f"{words}: the report is too short to tell anything"
            for jobs in JOBS:
                many = audit(context.clawc, folder, jobs, [*words, *files])
                complaint = many.complaint((0, 2)) or kit.difference(f"--jobs {jobs} {words}", alone.out, many.out)
                if complaint:
                    return complaint
    return None


def check_threads(program, context):
    with tempfile.TemporaryDirectory(prefix="clawc-jobs-") as name:
        folder = Path(name)
        for words in variants(folder):
            complaint = audit(program, folder, 4, [*words, *configs(context, 100)]).complaint((0, 2))
            if complaint:
                return f"{words}: {complaint}"
    return None


def tasks(context):
    yield kit.test("jobs/same", lambda: check_same(context))
    for build in (context.clawc.parent, context.clawc.parent.parent):
        program = build / "tsan" / "clawc"
        if program.is_file():
            yield kit.test("jobs/threads", lambda p=program: check_threads(p, context))
            return
