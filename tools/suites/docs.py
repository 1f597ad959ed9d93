"""Pages that are printed by the program, docs/facts.md and docs/rules/: they are up to date, and
what they show as an example is true.

`make docs` (this suite with `--update`) writes them anew; it does not remove the pages of rules that
are gone, which the suite of the rules reports."""
import json
import tempfile
from pathlib import Path

from . import kit
from .rules import slug


def check_page(context, path, words):
    result = kit.run([context.clawc, *words], context.root)
    complaint = result.complaint((0,))
    if complaint:
        return complaint
    path.parent.mkdir(parents=True, exist_ok=True)
    return kit.compare_file(context, path, result.out)


def write_example(folder, example, text):
    """Writes the files of an example; returns the configs to audit."""
    if "file" in example:
        names = {example["file"]: text, "openclaw.json5": example["beside"]}
        audited = [example["file"] if example["file"] == "compose.yaml" else "openclaw.json5"]
    elif "beside" in example:
        names = {"main.json5": example["beside"], "rescue.json5": text}
        audited = list(names)
    else:
        names = {"openclaw.json5": text}
        audited = list(names)
    if "policy" in example:
        names["policy.jsonc"] = example["policy"]
    for name, content in names.items():
        Path(folder, name).write_text(content, encoding="utf-8")
    return audited


def check_example(context, rule, which):
    example = rule["example"]
    with tempfile.TemporaryDirectory(prefix="clawc-example-") as folder:
        words = [context.clawc, "audit", "--format", "json"]
        if "gateway" in example:
            words += ["--gateway", example["gateway"]]
        words += write_example(folder, example, example[which])
        if Path(folder, "policy.jsonc").exists():
            words += ["--policy", "policy.jsonc"]
        result = kit.run(words, folder)
    complaint = result.complaint((0, 1, 2))
    if complaint:
        return complaint
    fired = any(f["rule"] == rule["id"] for f in json.loads(result.out)["findings"])
    if fired == (which == "before"):
        return None
    return f"the rule {'fires' if fired else 'does not fire'} on:\n{example[which]}"


def tasks(context):
    docs = context.root / "docs"
    yield kit.test("docs/facts", lambda: check_page(context, docs / "facts.md", ["rules", "--facts"]))
    index = docs / "rules" / "README.md"
    yield kit.test("docs/rules", lambda: check_page(
        context, index, ["rules", "--format", "markdown"]))
    listed = kit.run([context.clawc, "rules", "--format", "json"], context.root)
    if listed.code != 0:
        yield kit.Task("docs/rules/list", lambda: [
            kit.Outcome("docs/rules/list", listed.complaint((0,)))])
        return
    for rule in json.loads(listed.out)["rules"]:
        name = slug(rule["id"])
        words = ["explain", rule["id"], "--format", "markdown"]
        yield kit.test(f"docs/rules/{name}", lambda n=name, w=words: check_page(
            context, docs / "rules" / f"{n}.md", w))
        for which in ("before", "after") if "example" in rule else ():
            yield kit.test(f"docs/examples/{name}/{which}",
                           lambda r=rule, w=which: check_example(context, r, w))
