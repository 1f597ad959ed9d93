"""The gateway's own audit, testdata/vectors/audit-VERSION.jsonl: every line by `audit --batch`.

One test a line. Compared are the check ids and severities as multisets, and what the gateway's own
suppressions hide. Lines marked `textSuppression` hang on the gateway's English sentences and are left
out. An id that fits none of REQUIRED is not compared."""
import collections
import fnmatch
import json

from . import kit
from .vectors import lines_of, versions

REQUIRED = [
    "browser.*",
    "channels.*",
    "config.*",
    "discovery.*",
    "gateway.*",
    "hooks.*",
    "logging.*",
    "mcp.*",
    "models.*",
    "sandbox.*",
    "security.*",
    "summary.*",
    "tools.*",
]


def is_required(check_id):
    return any(fnmatch.fnmatchcase(check_id, pattern) for pattern in REQUIRED)


def counted(answer):
    """The findings and the suppressed of an answer, as one multiset."""
    found = collections.Counter(
        f"{f['severity']} {f['checkId']}" for f in answer["findings"] if is_required(f["checkId"]))
    hidden = collections.Counter(
        f"suppressed {check}" for check in answer.get("suppressed", []) if is_required(check))
    return found + hidden


def listed(title, counter):
    return "".join(f"{title} {entry}\n" for entry in sorted(counter.elements()))


def compare(vector, answer):
    if answer.get("id") != vector["id"] or "findings" not in answer:
        return f"the answer is {json.dumps(answer)}"
    recorded, ours = counted(vector), counted(answer)
    if recorded == ours:
        return None
    return (listed("-gateway", recorded - ours) + listed("+clawc  ", ours - recorded)
            + kit.shorten(json.dumps({"env": vector["env"], "config": vector["config"]})))


def audit_vectors(context, version, path):
    result = kit.run([context.clawc, "audit", "--batch", "--gateway", version], context.root,
                     path.read_bytes())
    vectors = list(lines_of(path))
    answers = [json.loads(line) for line in result.out.decode("utf-8").splitlines()]
    complaint = result.complaint((0,))
    if not complaint and len(answers) != len(vectors):
        complaint = f"{len(vectors)} configs, {len(answers)} answers"
    if complaint:
        yield kit.Outcome(f"audit/{version}", complaint)
        return
    for vector, answer in zip(vectors, answers):
        if not vector.get("textSuppression"):
            yield kit.Outcome(f"audit/{version}/{vector['id']}", compare(vector, answer))


def tasks(context):
    base = context.root / "testdata" / "vectors"
    for version in versions(base, "audit"):
        path = base / f"audit-{version}.jsonl"
        yield kit.Task(f"audit/{version}", lambda v=version, p=path: audit_vectors(context, v, p),
                       has_parts=True)
