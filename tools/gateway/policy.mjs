// What the gateway's plugin `policy` says of configs and policy documents, as vectors
// (testdata/vectors/README.md):
//
//     policy.mjs PACKAGE-ROOT COUNT SEED > testdata/vectors/policy-VERSION.jsonl
//
// COUNT cases are random, made from the seed (policy_cases.mjs), beside those that are written there. What is
// asked is the function behind `openclaw policy check`; a config that the gateway refuses is left out, but for
// those that are marked so: they are judged as they are written.
import fs from "node:fs";
import path from "node:path";
import { Gateway } from "./gateway.mjs";
import { randomCases, writtenCases } from "./policy_cases.mjs";

const [packageRoot, count, seed] = process.argv.slice(2);
const SOURCE = "extensions/policy/";
const gateway = await Gateway.open(path.resolve(packageRoot), {
  evaluatePolicy: ["evaluatePolicy", SOURCE],
  policyCommandConfig: ["policyCommandConfig", SOURCE],
  policyDocumentHash: ["policyDocumentHash", SOURCE],
});
const workspace = path.join(gateway.isolated.root, "workspace");
fs.mkdirSync(workspace);

// The findings, sorted; null when the config is refused. A probe that nobody owns ends the check with an error.
async function answer({ config, policy, refused: marked }) {
  const snapshot = await gateway.load(config);
  if (snapshot.valid === Boolean(marked)) return null;
  fs.writeFileSync(path.join(workspace, "policy.jsonc"), policy);
  try {
    const cfg = marked ? snapshot.parsed : snapshot.config;
    cfg.plugins = gateway.has.policyCommandConfig(cfg).plugins; // a copy of it all would forget the marked agent
    const { findings } = await gateway.has.evaluatePolicy({ mode: "lint", cfg, cwd: workspace });
    return findings.map(({ checkId, target, requirement }) => ({ checkId, target, requirement }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  } catch (error) {
    if (!error.code) throw error;
    return { error: error.name, code: error.code };
  }
}

let refused = 0;
const seen = {};
for (const vector of [...writtenCases(gateway.has.policyDocumentHash), ...randomCases(Number(count), Number(seed))]) {
  const found = await answer(vector);
  if (found === null) {
    refused++;
    if (process.env.SHOW_REFUSED) console.error(vector.id, vector.config);
    continue;
  }
  for (const { checkId } of Array.isArray(found) ? found : []) seen[checkId] = (seen[checkId] ?? 0) + 1;
  console.log(JSON.stringify({ ...vector, findings: found }));
}
console.error(`${refused} configs were refused; findings by check:`, seen);
process.exit(0); // the package's modules keep handles open
