// What the installed version does, for rules/gateways/VERSION.yaml, as JSON: {"path.of.key": value};
// where a key has dots itself, slashes part the path.
//
//     probe.mjs PACKAGE-ROOT SCHEMA-FILE > FACTS
//
// The package's own functions are asked where they answer; its constants are read where they are the answer.
// A function that a version does not have leaves its keys out.
import fs from "node:fs";
import path from "node:path";
import { Gateway } from "./gateway.mjs";

const [packageRoot, schemaFile] = process.argv.slice(2);
const facts = {};
const lower = (names) => [...names].map((name) => name.toLowerCase());

// Sets the fact when the question can be asked at all.
function ask(key, question) {
  try {
    const value = question();
    if (value !== undefined) facts[key] = value;
  } catch (error) {
    console.error(`  ${key} could not be probed: ${String(error.message).split("\n")[0]}`);
  }
}

const g = await Gateway.open(path.resolve(packageRoot), {
  route: ["resolveAgentRoute", "src/routing/"],
  port: ["DEFAULT_GATEWAY_PORT", "src/config/paths.ts"],
  catalogue: ["CORE_TOOL_DEFINITIONS", "src/agents/tool-catalog.ts"],
  aliases: ["TOOL_NAME_ALIASES", "src/agents/tool-policy-shared.ts"],
  renames: ["SHIPPED_CORE_POLICY_RENAMES", "src/agents/"],
  allow: ["DEFAULT_TOOL_ALLOW", "src/agents/sandbox/constants.ts"],
  deny: ["DEFAULT_TOOL_DENY", "src/agents/sandbox/constants.ts"],
  allowed: ["isToolAllowedByPolicyName", ""],
  ownerOnly: ["OWNER_ONLY_TOOL_NAME_FALLBACKS", ""],
  visibility: ["resolveSessionToolsVisibility", ""],
  agentToAgent: ["createAgentToAgentPolicy", ""],
  channelAliases: ["CHAT_CHANNEL_ALIASES", "src/channels/"],
  blocked: ["isBlockedConfigEnvVar", "src/config/"],
  blockedKeys: ["HOST_DANGEROUS_ENV_KEYS", "src/infra/host-env-security.ts"],
  blockedOverrides: ["HOST_DANGEROUS_OVERRIDE_ENV_KEYS", "src/infra/host-env-security.ts"],
  blockedPrefixes: ["HOST_DANGEROUS_ENV_PREFIXES", "src/infra/host-env-security.ts"],
  blockedOverridePrefixes: ["HOST_DANGEROUS_OVERRIDE_ENV_PREFIXES", "src/infra/host-env-security.ts"],
  httpDeny: ["DEFAULT_GATEWAY_HTTP_TOOL_DENY", "src/security/"],
  nodeCommands: ["listKnownNodeCommands", "src/security/"],
  riskyNodeCommands: ["DEFAULT_DANGEROUS_NODE_COMMANDS", "src/gateway/"],
});
const has = g.has;
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));

// ---- the roster and its routes -------------------------------------------------------------------------

const part = (node) => (node?.$ref ? schema.$defs[node.$ref.split("/").pop()] : node);
const properties = (node) => part(node)?.properties ?? {};
const entries = "entries" in properties(properties(schema).agents);
facts.roster = entries ? "entries" : "list";

// Two agents; the first is the default where there is one.
function config(more) {
  const roster = entries ? { entries: { one: {}, two: {} }, ownership: "explicit" }
    : { list: [{ id: "one", default: true }, { id: "two" }] };
  return { agents: roster, bindings: [], ...more };
}
const bound = (match) => ({ bindings: [{ agentId: "two", match: { channel: "irc", ...match } }] });

function route(cfg, query) {
  return has.route({ cfg, channel: "irc", ...query });
}

function fails(cfg, query) {
  try {
    route(cfg, query);
    return false;
  } catch (error) {
    if (error.code === "AGENT_SELECTION_REQUIRED") return true;
    throw error;
  }
}

const RULES = {
  peer_wildcard: () => {
    const cfg = config(bound({ peer: { kind: "direct", id: "*" } }));
    const query = { peer: { kind: "direct", id: "7" } };
    return !fails(cfg, query) && route(cfg, query).agentId === "two";
  },
  group_scope: () => "groupScope" in route(config(bound({ accountId: "*" })), {}),
  selection_error: () => fails(config(), {}),
  // A sigma at the end of the key, but not of a word: only the lower-casing of the whole key makes it final.
  lower_whole_key: () => route(config(bound({ accountId: "*" })), { peer: { kind: "group", id: "Σ" } })
    .sessionKey.endsWith("ς"),
};
if (has.route) {
  if (facts.roster === "entries") ask("routing.system_agent", () => {
    const owned = config();
    owned.agents.defaults = { systemAgent: { agentId: "two" } };
    return !fails(owned, {});
  });
  ask("routing.rules", () => Object.keys(RULES).filter((rule) => RULES[rule]()));
  const channels = Object.keys(properties(properties(schema).channels));
  ask("routing.keep_case", () => channels.flatMap((channel) => ["channel", "group"]
    .filter((kind) => has.route({ cfg: config({ bindings: [{ agentId: "two", match: { channel, accountId: "*" } }] }),
      channel, peer: { kind, id: "AbC" } }).sessionKey.includes("AbC"))
    .map((kind) => `${channel}/${kind}`)));
}

// A config with a key that the schema refuses and a binding that the rules about agents refuse.
const refused = await g.load(JSON.stringify({ ...config(bound({})), unheardOf: 1,
  bindings: [{ agentId: "nobody", match: { channel: "irc" } }] }));
if (facts.roster === "entries")
  ask("schema.roster_waits", () => !refused.issues.some((issue) => issue.path.startsWith("bindings")));

// ---- the rest --------------------------------------------------------------------------------------------

ask("ports.base", () => has.port);
ask("sharing.session_visibility", () => has.visibility?.({}));
ask("sharing.agent_to_agent", () => has.agentToAgent?.({}).enabled);

// Settings of all channels, and the one of the gateway's own tests.
const NO_CHANNELS = ["defaults", "modelByChannel", "botLoopProtection", "qa-channel"];
ask("channels.known", () => {
  const channels = properties(properties(schema).channels);
  return Object.keys(channels).filter((name) => !NO_CHANNELS.includes(name));
});
// The same once more, for those who ask what holds where nothing is written: keys are paths, values JSON.
if (has.visibility) facts["defaults/tools.sessions.visibility"] = JSON.stringify(has.visibility({}));
if (has.agentToAgent) facts["defaults/tools.agentToAgent.enabled"] = JSON.stringify(has.agentToAgent({}).enabled);

ask("channels.aliases", () => (has.channelAliases && Object.keys(has.channelAliases).length
  ? { ...has.channelAliases } : undefined));

const LETTERS = { minimal: "m", coding: "c", messaging: "g" };
ask("tools.catalogue", () => has.catalogue && Object.fromEntries(has.catalogue.map((tool) => [tool.id,
  [tool.sectionId, tool.profiles.map((profile) => LETTERS[profile]).join(""),
    ...(tool.includeInOpenClawGroup ? ["openclaw"] : [])]])));
const plainMap = (map) => (map instanceof Map ? Object.fromEntries(map) : { ...map });
ask("tools.aliases", () => has.aliases && { ...plainMap(has.aliases), ...plainMap(has.renames ?? {}) });
ask("tools.apply_patch_follows", () => has.allowed &&
  ["exec", "write"].find((tool) => has.allowed("apply_patch", { allow: [tool] })));
ask("audit.http_tool_deny", () => has.httpDeny && [...has.httpDeny]);
ask("audit.node_commands", () => has.nodeCommands && [...has.nodeCommands({})]);
ask("audit.risky_node_commands", () => has.riskyNodeCommands && [...has.riskyNodeCommands]);
ask("tools.owner_only", () => has.ownerOnly && [...has.ownerOnly]);
ask("tools.sandbox.allow", () => has.allow && lower(has.allow));
ask("tools.sandbox.deny", () => has.deny && lower(has.deny));

// ---- names that `env` of the config cannot set -------------------------------------------------------------

const both = (a, b) => (a || b ? [...new Set([...(a ?? []), ...(b ?? [])])].sort() : undefined);
// The loader's own question names a few more in its text.
const named = String(has.blocked ?? "").match(/(?<=")[A-Z_]+(?=")/g)?.filter((name) => has.blocked(name));
ask("loading.env.blocked", () => both(both(has.blockedKeys, has.blockedOverrides), named));
ask("loading.env.blocked_prefixes", () => both(has.blockedPrefixes, has.blockedOverridePrefixes));

// ---- plugins, by their manifests -----------------------------------------------------------------------------

function manifests() {
  const folders = ["dist/extensions", "extensions"].map((name) => path.join(packageRoot, name)).filter(fs.existsSync);
  return folders.flatMap((folder) => fs.readdirSync(folder)
    .map((name) => path.join(folder, name, "openclaw.plugin.json")).filter((file) => fs.existsSync(file))
    .map((file) => JSON.parse(fs.readFileSync(file, "utf8"))));
}
ask("schema.plugins_on", () => manifests().filter((m) => m.enabledByDefault).map((m) => m.id).sort());

console.log(JSON.stringify(facts, null, 1));
process.exit(0); // the package's modules keep handles open
