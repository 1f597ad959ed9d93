"""The pre-commit hook, by the real `pre-commit` (a Debian package), in a scratch repository, without
network: .pre-commit-hooks.yaml is taken from a repository made for the test.

    testdata/hook/good.json5      may be committed as openclaw.json5
    testdata/hook/finding.json5   may not: two people share a session
    testdata/hook/syntax.json5    may not: it is no JSON5"""
import shutil
import tempfile
from pathlib import Path

from . import kit

CONFIG = """repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: clawc-audit
"""


class Scratch:
    """Two repositories: the one that offers the hook, the one that uses it."""

    def __init__(self, context, folder):
        self.folder = Path(folder)
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "clawc").symlink_to(context.clawc)
        self.env = kit.environment(self.folder)
        self.env["PATH"] = f"{programs}:{self.env['PATH']}"
        self.env["PRE_COMMIT_HOME"] = str(self.folder / "pre-commit")
        self.env["GIT_CONFIG_NOSYSTEM"] = "1"
        for role in ("AUTHOR", "COMMITTER"):
            self.env[f"GIT_{role}_NAME"] = "Test"
            self.env[f"GIT_{role}_EMAIL"] = "test@example.invalid"
        self.user = self.folder / "user"
        revision = self.offer(context)
        self.make(self.user)
        config = CONFIG.format(hooks=self.folder / "hooks", revision=revision)
        (self.user / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
        self.must(self.user, "pre-commit", "install")

    def run(self, folder, *command):
        return kit.run(command, folder, env=self.env)

    def must(self, folder, *command):
        result = self.run(folder, *command)
        complaint = result.complaint((0,))
        if complaint:
            raise RuntimeError(f"{' '.join(command)}: {complaint}{kit.text(result.out)}")
        return result.out

    def make(self, folder):
        folder.mkdir()
        self.must(folder, "git", "init", "-q")

    def offer(self, context):
        hooks = self.folder / "hooks"
        self.make(hooks)
        shutil.copy(context.root / ".pre-commit-hooks.yaml", hooks)
        self.must(hooks, "git", "add", "-A")
        self.must(hooks, "git", "commit", "-q", "-m", "Offer the hook")
        return self.must(hooks, "git", "rev-parse", "HEAD").decode().strip()

    def commit(self, config):
        """Tries to commit the config; the exit code and all that a person sees."""
        shutil.copy(config, self.user / "openclaw.json5")
        self.must(self.user, "git", "add", "-A")
        result = self.run(self.user, "git", "commit", "-q", "-m", "Change the config")
        return result.code, kit.text(result.out + result.err)


def check(context, name, wanted):
    """`wanted`: what a refusal must say, or None when the commit must pass."""
    config = context.root / "testdata" / "hook" / f"{name}.json5"
    with tempfile.TemporaryDirectory(prefix="clawc-hook-") as folder:
        code, seen = Scratch(context, folder).commit(config)
    if wanted is None:
        return None if code == 0 else f"the commit was refused:\n{seen}"
    if code == 0:
        return f"the commit went through:\n{seen}"
    missing = [phrase for phrase in wanted if phrase not in seen]
    return f"the refusal does not say {missing}:\n{seen}" if missing else None


def tasks(context):
    expectations = {
        "good": None,
        "finding": ("audit OpenClaw configs", "openclaw.json5:3:", "dmScope", "fix:"),
        "syntax": ("audit OpenClaw configs", "error[json5_syntax]", "openclaw.json5:3:"),
    }
    for name, wanted in expectations.items():
        yield kit.test(f"hook/{name}", lambda n=name, w=wanted: check(context, n, w))
