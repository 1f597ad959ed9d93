"""Secrets never leave: testdata/secrets/*.json5 hold values that begin with S3CR, or are 5318008, at
places of secrets, among mistakes of every kind. Nothing that may not echo its input may print one of
them: not the reports, whatever their format, not the messages of `compile`, `route` and `table`. The
same with each line of the file broken in several ways, so that there are syntax errors around. And
testdata/secrets/compose/, a project with secrets in its commands, environment, labels and files
(dot.env is its .env), by all that tells of fleets."""
import re
import shutil
import tempfile
from pathlib import Path

from . import kit

SECRET = re.compile(rb"S3CR[^ ]*|5318008")
FORMATS = ("text", "json", "sarif")
COMMANDS = (["compile", "c.json5", "-o", "t.clawt"],
            ["route", "c.json5", "--channel", "telegram", "--account", "biz"],
            ["explain", "--path", "models", "c.json5"],
            ["explain", "--path", "browser.cdpUrl", "c.json5"],
            ["check", "c.json5"],
            ["check", "c.json5", "--format", "json"],
            ["check", "c.json5", "--gateway", "2026.3.13,2026.9.6"],
            ["audit", "c.json5", "--env", "S=S3CR-environment", "--gateway", "2026.3.13"])


def leaks(context, folder, commands):
    for words in commands:
        result = kit.run([context.clawc, *words], folder)
        complaint = result.complaint((0, 1, 2))
        shown = SECRET.search(result.out + result.err)
        if complaint or shown:
            problem = complaint or f"prints {kit.text(shown.group())}"
            yield f"clawc {' '.join(words)}: {problem}"


def check_whole(context, source):
    with tempfile.TemporaryDirectory(prefix="clawc-secrets-") as folder:
        Path(folder, "c.json5").write_bytes(source.read_bytes())
        outputs = [f"--output={name}=out.{name}" for name in FORMATS]
        audits = [["audit", "c.json5", "--format", name] for name in FORMATS]
        found = list(leaks(context, folder, [*audits, ["audit", "c.json5", *outputs], *COMMANDS]))
        for path in Path(folder).glob("out.*"):
            shown = SECRET.search(path.read_bytes())
            found += [f"{path.name} has {kit.text(shown.group())}"] if shown else []
    return "\n".join(found) or None


def broken(text):
    """The text with one character of the grammar missing, doubled or wrong, at many places."""
    places = [m.start() for m in re.finditer(rb"[\"'{}\[\]:,]", text)]
    for number, at in enumerate(places):
        one = text[at:at + 1]
        yield at, text[:at] + (b"", one + one, b"\n", b"#")[number % 4] + text[at + 1:]


def check_broken(context, source):
    found = []
    with tempfile.TemporaryDirectory(prefix="clawc-secrets-") as folder:
        for at, text in broken(source.read_bytes()):
            Path(folder, "c.json5").write_bytes(text)
            found += [f"broken at byte {at}: {leak}" for leak in
                      leaks(context, folder, [["audit", "c.json5"]])]
    return kit.shorten("\n".join(found)) or None


def check_compose(context, source):
    with tempfile.TemporaryDirectory(prefix="clawc-secrets-") as folder:
        shutil.copytree(source, folder, dirs_exist_ok=True)
        Path(folder, "dot.env").rename(Path(folder, ".env"))
        Path(folder, "key").write_bytes(b"0123456789abcdef" * 2)
        commands = [["audit", *what, "--format", name] for name in FORMATS
                    for what in (["compose.yml"], ["--fleet", "fleet.json"])]
        commands += [["fleet", "show", "--format", name, "compose.yml"] for name in ("yaml", "json")]
        commands += [["fleet", "checklist", "--format", name, "--fleet", "fleet.json"]
                     for name in ("text", "markdown", "html", "json")]
        commands += [["fleet", "graph", "--format", name, "--fleet", "fleet.json"]
                     for name in ("text", "dot", "mermaid", "json")]
        commands += [["fleet", "plan", "--add", "c", "--fleet", "fleet.json"],
                     ["audit", "--fleet", "fleet.json", "--facts", "facts", "--facts-key", "key"],
                     ["fleet", "join", "facts"]]
        whole = kit.run([context.clawc, "fleet", "show", "compose.yml"], folder).complaint((0,))
        if whole:
            return whole
        found = list(leaks(context, folder, commands))
        shown = SECRET.search(Path(folder, "facts").read_bytes())
        found += [f"the facts have {kit.text(shown.group())}"] if shown else []
    return "\n".join(found) or None


def tasks(context):
    compose = context.root / "testdata" / "secrets" / "compose"
    yield kit.test("secrets/compose", lambda: check_compose(context, compose))
    for source in sorted((context.root / "testdata" / "secrets").glob("*.json5")):
        yield kit.test(f"secrets/{source.stem}", lambda s=source: check_whole(context, s))
        yield kit.test(f"secrets/{source.stem}-broken", lambda s=source: check_broken(context, s))
