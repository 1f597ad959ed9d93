"""The gateway's policy documents: testdata/vectors/policy-VERSION.jsonl (its README.md has the format).

Every case by `audit --policy`: the same checks at the same places for the same requirements as the
gateway's own `openclaw policy check`. Of the mistakes in a document that one reports the first; ours must
be among all that clawc reports."""
import collections
import json
import tempfile
from pathlib import Path

from . import kit
from .vectors import lines_of, versions

INVALID = "policy/policy-jsonc-invalid"


def recorded_findings(vector):
    return [(f["checkId"], f.get("target"), f.get("requirement")) for f in vector["findings"]]


def our_findings(report):
    for finding in report["findings"]:
        if finding["id"].startswith("policy/"):
            subjects = finding["subjects"]
            yield finding["id"], subjects.get("target"), subjects.get("requirement")


def without_place(report):
    """The first finding of ours that points at no line of a file, or None."""
    for finding in report["findings"]:
        if finding["id"].startswith("policy/") and not finding["location"].get("start"):
            return finding
    return None


def audit(context, version, vector):
    with tempfile.TemporaryDirectory(prefix="clawc-policy-") as folder:
        Path(folder, "openclaw.json5").write_text(vector["config"], encoding="utf-8")
        Path(folder, "policy.jsonc").write_text(vector["policy"], encoding="utf-8")
        words = ["audit", "--format", "json", "--gateway", version, "--env", "HOME=/nonexistent",
                 "--policy", "policy.jsonc", "openclaw.json5"]
        return kit.run([context.clawc, *words], folder)


def differences(recorded, ours):
    """Both ways, as lines; repetitions count."""
    recorded, ours = collections.Counter(recorded), collections.Counter(ours)
    found = [f"-gateway {json.dumps(f)}" for f in sorted((recorded - ours).elements(), key=repr)]
    return found + [f"+clawc   {json.dumps(f)}" for f in sorted((ours - recorded).elements(), key=repr)]


def split(findings):
    return ([f for f in findings if f[0] != INVALID], {f for f in findings if f[0] == INVALID})


def compare(vector, report):
    ours, our_mistakes = split(list(our_findings(report)))
    if isinstance(vector["findings"], dict):  # the router's error: a probe that nobody owns
        mismatches = [f for f in ours if f[0] == "policy/routing-agent-mismatch"]
        return [] if mismatches else [f"-gateway {json.dumps(vector['findings'])}"]
    recorded, mistakes = split(recorded_findings(vector))
    lines = differences(recorded, ours)
    lines += [f"-gateway {json.dumps(f)}" for f in sorted(mistakes - our_mistakes, key=repr)]
    if our_mistakes and not mistakes:
        lines += [f"+clawc   {json.dumps(f)}" for f in sorted(our_mistakes, key=repr)]
    return lines


def check(context, version, vector):
    result = audit(context, version, vector)
    complaint = result.complaint((0, 1, 2))
    if complaint:
        return complaint
    report = json.loads(result.out)
    lines = compare(vector, report)
    if not lines and without_place(report):
        lines = [f"no place: {json.dumps(without_place(report))}"]
    if not lines:
        return None
    return kit.shorten(f"{vector['config']}\n{vector['policy']}\n" + "\n".join(lines))


def tasks(context):
    base = context.root / "testdata" / "vectors"
    for version in versions(base, "policy"):
        for vector in lines_of(base / f"policy-{version}.jsonl"):
            yield kit.test(f"policy/{version}/{vector['id']}",
                           lambda v=vector, n=version: check(context, n, v))
