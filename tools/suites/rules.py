"""Rules: testdata/rules/<rule>/, where <rule> is the rule's id without `<` and `>`, and with `.` for `/`:
the rule `channels.<channel>.dm.open` has the directory (and the page docs/rules/)
`channels.channel.dm.open`.

    fires*.json5     configs about which the rule has something to say; the gateway may refuse them
    fires*.txt       the whole text report of each
    silent*.json5    configs, best near misses, about which it must say nothing, not even that it
                     is undecided
    fires*.compose.yaml, silent*.compose.yaml
                     the same for Compose projects
    cmd              more words for `clawc audit`, of all the configs here; NAME.cmd: of NAME.json5
                     alone, instead. The word FILE is replaced by the config; without it the config
                     comes last.
    NAME.mode        permissions for NAME.json5, which is then audited in a copy where every file has
                     600. Lines: `MODE FILE`, `link FILE` (it becomes a symbolic link), `in FOLDER`
                     (the copy lies in a folder of that name)

Every rule that is built in must have a directory with both and a page; there may be none besides.
Those of ALWAYS have nothing to be silent about."""
import contextlib
import json
import shlex
import shutil
import tempfile
from pathlib import Path

from . import kit


ALWAYS = ("summary.attack_surface",)


def slug(rule):
    return rule.replace("<", "").replace(">", "").replace("/", ".")


def inputs(folder, kind):
    """The configs or Compose files of a kind, in one folder or in all ("*")."""
    return sorted([*folder.glob(f"{kind}*.json5"), *folder.glob(f"{kind}*.compose.yaml")])


def command(context, config, output):
    own, common = config.with_suffix(".cmd"), config.parent / "cmd"
    path = own if own.exists() else common
    words = shlex.split(path.read_text(encoding="utf-8"), comments=True) if path.exists() else []
    if "FILE" not in words:
        words.append("FILE")
    words = [config.name if word == "FILE" else word for word in words]
    return [context.clawc, "audit", "--format", output, "--color", "never", *words]


def apply_modes(folder, lines, config):
    for line in lines:
        verb, name = line.split()
        path = folder / (config if name == "FILE" else name)
        if verb == "link":
            path.rename(f"{path}.target")
            path.symlink_to(f"{path.name}.target")
        elif verb != "in":
            path.chmod(int(verb, 8))


@contextlib.contextmanager
def place_of(config):
    """The directory to audit a config in: its own, or a copy with the permissions it asks for."""
    modes = config.with_suffix(".mode")
    if not modes.exists():
        yield config.parent
        return
    lines = modes.read_text(encoding="utf-8").splitlines()
    inner = next((line.split()[1] for line in lines if line.startswith("in ")), "copy")
    with tempfile.TemporaryDirectory(prefix="clawc-modes-") as scratch:
        folder = Path(scratch) / inner
        shutil.copytree(config.parent, folder)
        for path in folder.rglob("*.json5"):
            path.chmod(0o600)
        apply_modes(folder, lines, config.name)
        yield folder


def run(context, config, output):
    with place_of(config) as folder:
        return kit.run(command(context, config, output), folder,
                       env=kit.environment("/nonexistent"))


def audit(context, config, codes):
    """The JSON report of a config, and what is wrong with how it was made."""
    result = run(context, config, "json")
    complaint = result.complaint(codes)
    return (None, complaint) if complaint else (json.loads(result.out), None)


def mentioned(report, key, rule):
    return [entry for entry in report[key] if slug(entry.get("rule", entry["id"])) == rule]


def check_fires(context, config):
    codes = (0, 1, 2)
    report, complaint = audit(context, config, codes)
    if complaint:
        return complaint
    if not mentioned(report, "findings", config.parent.name):
        fired = ", ".join(sorted({f["rule"] for f in report["findings"]})) or "none"
        return f"the rule does not fire (those that do: {fired})"
    result = run(context, config, "text")
    return result.complaint(codes) or kit.compare_file(
        context, config.with_suffix(".txt"), result.out)


def check_silent(context, config):
    report, complaint = audit(context, config, (0, 1))
    if complaint:
        return complaint
    for key, what in (("findings", "fires"), ("undecided", "is undecided"),
                      ("suppressed", "fires, and is suppressed")):
        entries = mentioned(report, key, config.parent.name)
        if entries:
            return f"the rule {what}: {json.dumps(entries[0], ensure_ascii=False)}"
    return None


def built_in_rules(context):
    result = kit.run([context.clawc, "rules", "--format", "json"], context.root)
    complaint = result.complaint((0,))
    if complaint:
        raise RuntimeError(f"clawc rules --format json: {complaint}")
    listed = json.loads(result.out)
    rules = listed["rules"] if isinstance(listed, dict) else listed
    return sorted(slug(rule["id"]) for rule in rules)


def check_complete(context, rule):
    folder = context.root / "testdata" / "rules" / rule
    page = context.root / "docs" / "rules" / f"{rule}.md"
    wanted = [(any(inputs(folder, "fires")), f"testdata/rules/{rule}/fires.json5"),
              (rule in ALWAYS or any(inputs(folder, "silent")),
               f"testdata/rules/{rule}/silent.json5"),
              (page.exists(), f"docs/rules/{rule}.md")]
    missing = [path for there, path in wanted if not there]
    return "missing: " + ", ".join(missing) if missing else None


def completeness(context):
    """A test for each rule, and one for each directory or page that belongs to none."""
    rules = built_in_rules(context)
    for rule in rules:
        yield kit.Outcome(f"rules/{rule}/complete", check_complete(context, rule))
    folders = {p.name for p in (context.root / "testdata" / "rules").glob("*/")}
    pages = {p.stem for p in (context.root / "docs" / "rules").glob("*.md")} - {"README", "index"}
    for name in sorted((folders | pages) - set(rules)):
        yield kit.Outcome(f"rules/{name}/complete", "there is no such rule")


def tasks(context):
    base = context.root / "testdata" / "rules"
    for check, kind in ((check_fires, "fires"), (check_silent, "silent")):
        for folder in sorted(base.glob("*/")):
            for config in inputs(folder, kind):
                name = f"rules/{folder.name}/{config.stem}"
                yield kit.test(name, lambda c=config, check=check: check(context, c))
    yield kit.Task("rules/complete", lambda: completeness(context), has_parts=True)
