"""Same input, same output, byte for byte: the reports and tables of the configs of testdata/badinput/
and testdata/secrets/, made twice, and in other surroundings (locale, time zone, home, terminal,
folder), are equal."""
import shutil
import tempfile
from pathlib import Path

from . import kit

SURROUNDINGS = (
    {},
    {},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8", "LANGUAGE": "de"},
    {"LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu", "COLUMNS": "20", "TERM": "dumb"},
    {"TZ": "America/Caracas", "HOME": "/nonexistent", "OPENCLAW_GATEWAY_PORT": "1", "NO_COLOR": "1"},
)


def outputs(context, source, extra):
    """What the commands leave behind, by name, made in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="clawc-same-") as folder:
        shutil.copy(source, folder)
        env = {**kit.environment(folder), **extra}
        made = {}
        for words in (["audit", source.name], ["audit", "--format", "json", source.name],
                      ["audit", "--format", "sarif", source.name, "--output", "text=report"],
                      ["compile", source.name, "-o", "table", "--fail-on", "never"],
                      ["eval", "gateway.agents", source.name], ["rules", "--format", "json"],
                      ["schema"]):
            result = kit.run([context.clawc, *words], folder, env=env)
            complaint = result.complaint((0, 1, 2))
            made[" ".join(words)] = complaint.encode() if complaint else result.out + result.err
        for name in ("report", "table"):
            made[name] = kit.read(Path(folder, name))
        return made


def check(context, source):
    first = outputs(context, source, SURROUNDINGS[0])
    for extra in SURROUNDINGS[1:]:
        for name, made in outputs(context, source, extra).items():
            difference = kit.difference(f"{name} {extra}", first[name], made)
            if difference:
                return difference
    return None


def tasks(context):
    for source in sorted((context.root / "testdata").glob("*/*.json5")):
        if source.parent.name in ("badinput", "secrets"):
            yield kit.test(f"determinism/{source.parent.name}/{source.stem}",
                           lambda s=source: check(context, s))
