"""Fuzz targets: testdata/fuzz/<target>/ holds small inputs, and each target is run over them and
some thousands of their mutations, always the same ones. The targets are those that `make fuzzers`
left beside the program (`fuzz/<target>_fuzz`); where there are none there are no tests here, and a
line on standard error says so. With the sanitizers they find most: `make fuzzers B=build/asan
SAN=address,undefined`."""
import sys
import tempfile

from . import kit

MUTATIONS = {"facts": 3000, "load": 300, "policy": 500, "rule": 1500}
MUTATIONS_ELSE = 20000
SEED = 20261120


def run_target(context, binary, corpus, runs):
    with tempfile.TemporaryDirectory(prefix="clawc-fuzz-") as folder:
        result = kit.run([binary, f"-runs={runs}", f"-seed={SEED}", corpus], folder)
        return result.complaint((0,))


def tasks(context):
    folder = context.clawc.parent / "fuzz"
    if not folder.is_dir():
        print(f"fuzz: not run, there is no {folder} (make fuzzers)", file=sys.stderr)
        return
    targets = {path.name.removesuffix("_fuzz"): path for path in folder.glob("*_fuzz")}
    corpora = {path.name: path for path in (context.root / "testdata" / "fuzz").glob("*/")}
    for name in sorted(targets.keys() | corpora.keys()):
        if name not in targets or name not in corpora:
            yield kit.test(f"fuzz/{name}", lambda n=name: f"{n} has a target or inputs, not both")
            continue
        runs = MUTATIONS.get(name, MUTATIONS_ELSE)
        yield kit.test(f"fuzz/{name}", lambda b=targets[name], c=corpora[name], r=runs:
                       run_target(context, b, c, r))
