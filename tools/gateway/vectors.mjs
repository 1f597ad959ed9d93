// Fresh vectors of the installed version (testdata/vectors/README.md has the formats):
//
//     vectors.mjs PACKAGE-ROOT OUT-DIRECTORY STEP KNOWN-VERSION...
//
// The configs and queries of the known versions' vectors, every STEP-th of the random ones, are given to this
// version. A config that it refuses says nothing about routes; which it refuses is in the other file.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Gateway } from "./gateway.mjs";

const [packageRoot, out, step, ...known] = process.argv.slice(2);
const VECTORS = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../testdata/vectors");

function linesOf(kind, version) {
  const file = path.join(VECTORS, `${kind}-${version}.jsonl`);
  if (!fs.existsSync(file)) return [];
  return fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

// Every STEP-th vector of each file, under the name of its file; what was itself recorded anew is left out.
function chosen(kind) {
  return known.flatMap((version) => linesOf(kind, version)
    .filter((vector, i) => !/^\d+\.\d+\./.test(vector.id) && i % Number(step) === 0)
    .map((vector) => ({ ...vector, id: `${version}/${vector.id}` })));
}

function write(kind, version, lines) {
  fs.writeFileSync(path.join(out, `${kind}-${version}.jsonl`),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

// ---- routes ------------------------------------------------------------------------------------------

function answer(gateway, cfg, query) {
  try {
    return { ...gateway.has.resolveAgentRoute({ cfg, ...query }) };
  } catch (error) {
    if (!error.code) throw error;
    return { error: error.name, code: error.code };
  }
}

async function recordRoutes(gateway) {
  const lines = [];
  for (const vector of chosen("route")) {
    const text = vector.configText ?? JSON.stringify(vector.config);
    const names = [...text.matchAll(/\$\{([A-Z_][A-Z0-9_]*)\}/g)].map((m) => [m[1], "dummy-value"]);
    const cfg = await gateway.loaded(text, Object.fromEntries(names));
    if (!cfg) continue;
    const { id, config, configText } = vector;
    const queries = vector.queries.map((query) => ({ in: query.in,
      out: answer(gateway, cfg, query.in) }));
    lines.push({ id, version: gateway.version, config, configText, queries });
  }
  write("route", gateway.version, lines);
  return lines;
}

// ---- verdicts ------------------------------------------------------------------------------------------

// The root directory is written @ROOT@ in the vectors.
function inRoot(value, from, to) {
  return JSON.parse(JSON.stringify(value).replaceAll(from, to));
}

function place(file, make) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  make(file);
}

function setUp(vector, { root, env }) {
  const state = env.OPENCLAW_STATE_DIR;
  for (const entry of fs.readdirSync(root)) fs.rmSync(path.join(root, entry), { recursive: true, force: true });
  for (const dir of ["home", "state"]) fs.mkdirSync(path.join(root, dir));
  const { files = {}, links = {}, hardlinks = {} } = vector;
  for (const [name, text] of Object.entries(files))
    place(path.join(state, name), (file) => fs.writeFileSync(file,
      typeof text === "string" ? text : text.fill.repeat(text.times)));
  for (const [name, target] of Object.entries(links))
    place(path.join(state, name), (file) => fs.symlinkSync(target, file));
  for (const [name, target] of Object.entries(hardlinks))
    place(path.join(state, name), (file) => fs.linkSync(path.join(state, target), file));
}

const numbered = (_, value) => (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
  ? { $number: Object.is(value, -0) ? "-0" : String(value) } : value);

// The verdict, the paths of the errors and the config before defaults. What a message means (its kind) is not
// recorded: that is a table of the gateway's English texts, which each release words anew.
async function verdict(gateway, vector) {
  const { root } = gateway.isolated;
  const real = inRoot(vector, "@ROOT@", root);
  setUp(real, gateway.isolated);
  const source = real.source_b64 ? Buffer.from(real.source_b64, "base64") : Buffer.from(real.source);
  const snapshot = await gateway.load(source, real.env);
  const { id, group, source: text, source_b64, files, links, hardlinks, env } = vector;
  const paths = (issues) => [...new Set((issues ?? []).map((issue) => issue.path ?? ""))].map((p) => ({ path: p }));
  const line = { id, group, source: text, source_b64, files, links, hardlinks, env, valid: snapshot.valid,
    errors: snapshot.valid ? [] : paths(snapshot.issues) };
  if (vector.resolved !== undefined && !snapshot.issues.some(isUnread))
    line.resolved = JSON.parse(JSON.stringify(snapshot.resolved, numbered));
  return inRoot(line, root, "@ROOT@");
}

const isUnread = ({ path: at, message }) => !at && /JSON5 parse failed|[Ii]nclude|Missing env var/.test(message);

async function recordVerdicts(gateway) {
  const lines = [];
  for (const vector of chosen("validate")) {
    if (vector.group === "json5_depth") continue; // hangs on the stack of the process
    lines.push(await verdict(gateway, vector));
  }
  write("validate", gateway.version, lines);
  return lines;
}

const gateway = await Gateway.open(path.resolve(packageRoot), { resolveAgentRoute: ["resolveAgentRoute", "src/routing/"] });
const routes = await recordRoutes(gateway);
const verdicts = await recordVerdicts(gateway);
console.log(`  recorded ${routes.reduce((n, line) => n + line.queries.length, 0)} routes of ${routes.length} configs, ` +
  `${verdicts.length} verdicts`);
process.exit(0); // the package's modules keep handles open
