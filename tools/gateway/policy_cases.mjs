// Configs and policy documents for policy.mjs: some that are written here, and any number of random ones in
// which every rule of the format occurs, kept and not kept.

function generator(seed) { // mulberry32
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// What a case is made of: choices, each with the chance that it is made at all.
class Dice {
  constructor(seed) { this.next = generator(seed); }
  chance(p) { return this.next() < p; }
  of(list) { return list[Math.floor(this.next() * list.length)]; }
  some(list, p = 0.5) { return list.filter(() => this.chance(p)); }
  flag() { return this.chance(0.5); }
  // An object of those members that are chosen; a member is [key, chance, value()].
  object(...members) {
    return Object.fromEntries(members.filter(([, p]) => this.chance(p)).map(([key, , value]) => [key, value()]));
  }
}

const AGENTS = ["main", "work", "ops-bot", "Family"];
const CHANNELS = ["telegram", "discord", "slack", "whatsapp", "signal", "matrix", "feishu", "irc", "line", "mattermost",
  "googlechat", "imessage", "msteams", "nextcloud-talk", "zalouser", "sms", "synology-chat", "clickclack"];
const TOOLS = ["exec", "process", "write", "edit", "apply_patch", "read", "browser", "web_fetch", "cron", "bash", "nodes"];
const DENIED = [...TOOLS, "group:fs", "group:runtime", "group:web", "web_*", "*", "apply-patch", " Exec ", "canvas",
  "update_plan", "group:plugins", "automations", "custom_tool"];
const MODELS = ["openai/gpt-5", "Anthropic/claude-opus", "openrouter/auto", "groq/llama-4/large"];
const PROVIDERS = ["openai", "anthropic", "openrouter", "groq", "vault-llm"];
const BACKENDS = ["docker", "podman", "ssh", "openshell"];

// ---- configs ---------------------------------------------------------------------------------------------

const secret = (d, name) => d.of([`${name}-value`, { source: "env", provider: d.of(["default", "vault", "other"]), id: `${name.toUpperCase()}` },
  { source: "exec", provider: d.of(["vault", "files"]), id: name }, { source: "file", provider: d.of(["vault", "files"]), id: `/${name}` }]);

function sandbox(d) {
  const docker = () => d.object(
    ["network", 0.5, () => d.of(["none", "bridge", "container:proxy", "Container:X", "custom"])],
    ["dangerouslyAllowContainerNamespaceJoin", 0.9, () => true],
    ["dangerouslyAllowReservedContainerTargets", 0.3, () => true],
    ["dangerouslyAllowExternalBindSources", 0.3, () => true],
    ["seccompProfile", 0.3, () => "/etc/seccomp.json"],
    ["apparmorProfile", 0.3, () => "docker-default"],
    ["binds", 0.5, () => d.some(["/srv/data:/data", "/srv/data:/more:ro", "/srv/x:/y:rw,z", "/var/run/docker.sock:/s:RO",
      "/run/podman/podman.sock:/p", "/srv/c:/c:z,ro"], 0.4)]);
  return d.object(
    ["mode", 0.6, () => d.of(["off", "non-main", "all", "all"])],
    ["backend", 0.3, () => d.of(BACKENDS)],
    ["scope", 0.3, () => d.of(["agent", "session", "shared"])],
    ["workspaceAccess", 0.5, () => d.of(["none", "ro", "rw"])],
    ["docker", 0.5, docker],
    ["browser", 0.5, () => d.object(["enabled", 0.8, () => d.flag()], ["cdpSourceRange", 0.4, () => d.of(["172.21.0.1/32", "10.0.0.0/8"])],
      ["network", 0.4, () => d.of(["none", "net"])],
      ["binds", 0.3, () => d.some(["/srv/b:/b", "/srv/b:/b:ro"])])]);
}

function tools(d, global) {
  return d.object(
    ["profile", 0.5, () => d.of(["minimal", "coding", "messaging", "full"])],
    ["deny", 0.6, () => d.some(DENIED, 0.3)],
    ["alsoAllow", 0.3, () => d.some(TOOLS, 0.3)],
    ["fs", 0.4, () => d.object(["workspaceOnly", 0.8, () => d.flag()])],
    ["exec", 0.6, () => d.object(["host", 0.5, () => d.of(["auto", "sandbox", "gateway", "node"])],
      ...(d.chance(0.4) ? [["mode", 0.8, () => d.of(["deny", "allowlist", "ask", "auto", "full"])]] : [
        ["security", 0.4, () => d.of(["deny", "allowlist", "full"])], ["ask", 0.4, () => d.of(["off", "on-miss", "always"])]]))],
    ["elevated", 0.4, () => d.object(["enabled", 0.7, () => d.flag()])],
    ["sandbox", 0.3, () => ({ tools: d.object(["deny", 0.8, () => d.some(DENIED, 0.3)]) })],
    ...(global ? [["web", 0.3, () => ({ fetch: { ssrfPolicy: d.object(["allowRfc2544BenchmarkRange", 0.5, () => d.flag()],
      ["dangerouslyAllowPrivateNetwork", 0.5, () => d.flag()], ["allowIpv6UniqueLocalRange", 0.5, () => d.flag()]) } })]] : []));
}

function memorySearch(d) {
  return d.object(["enabled", 0.3, () => d.flag()], ["rememberAcrossConversations", 0.6, () => d.flag()],
    ["sources", 0.6, () => d.of([["memory"], ["memory", "sessions"], ["sessions"]])]);
}

const model = (d) => d.of([d.of(MODELS), { primary: d.of(MODELS), fallbacks: d.some(MODELS) }, "alias-only"]);

function agent(d) {
  return d.object(["model", 0.4, () => model(d)], ["sandbox", 0.5, () => sandbox(d)], ["tools", 0.6, () => tools(d, false)],
    ["memory", 0.4, () => ({ search: memorySearch(d) })], ["models", 0.2, () => ({ [d.of(MODELS)]: {} })],
    ["subagents", 0.2, () => ({ model: model(d) })]);
}

// What a channel's schema has: the block of groups, the one inside of a group, and of the other keys
// p groupPolicy, d dmPolicy, m requireMention, e `enabled` of a group, a accounts, D dm, P dm.policy.
const SHAPES = {
  telegram: ["pdea", "groups", "topics"], discord: ["pdaD", "guilds", "channels"], slack: ["pdmeaD", "channels"], whatsapp: ["pda", "groups"],
  signal: ["pda", "groups"], matrix: ["peDP", "rooms"], feishu: ["pdmea", "groups"], irc: ["pdea", "groups"], line: ["pdea", "groups"],
  mattermost: ["pdma", "groups"], googlechat: ["pdmeaD", "groups"], imessage: ["pda", "groups"], msteams: ["pdm", "teams", "channels"],
  "nextcloud-talk": ["pdea", "rooms"], zalouser: ["pdea", "groups"], sms: ["da"], "synology-chat": ["pdmea", "groups", "channels"],
  clickclack: ["ma", "groups"] };

const group = (d, has, inner) => d.object(["requireMention", 0.6, () => d.flag()],
  ...(has.includes("e") ? [["enabled", 0.2, () => d.flag()]] : []),
  ...(inner ? [[inner, 0.5, () => ({ 7: d.object(["requireMention", 0.8, () => d.flag()]) })]] : []));

function ingress(d, channel) {
  const [has, block, inner] = SHAPES[channel];
  const when = (letter, key, chance, value) => (has.includes(letter) ? [[key, chance, value]] : []);
  return d.object(
    ["enabled", 0.2, () => d.flag()],
    ...when("d", "dmPolicy", 0.4, () => d.of(["pairing", "allowlist", "open", "disabled"])),
    ...when("d", "allowFrom", 0.9, () => ["*"]),
    ...when("p", "groupPolicy", 0.4, () => d.of(["open", "allowlist", "disabled"])),
    ...when("m", "requireMention", 0.3, () => d.flag()),
    ...when("D", "dm", 0.4, () => d.object(["enabled", 0.6, () => d.flag()],
      ...when("P", "policy", 0.5, () => d.of(["pairing", "allowlist", "disabled"])))),
    ...(block ? [[block, 0.5, () => d.object(["*", 0.5, () => group(d, has, inner)], ["100", 0.6, () => group(d, has, inner)],
      ...(channel === "irc" || channel === "matrix" ? [] : [["my room", 0.2, () => group(d, has, inner)]]))]] : []));
}

const CREDENTIALS = { telegram: "botToken", discord: "token", slack: "botToken", signal: "account", feishu: "appId", matrix: "homeserver",
  irc: "host", line: "tokenFile", mattermost: "botToken", googlechat: "serviceAccountFile",
  imessage: "cliPath", "nextcloud-talk": "baseUrl", "synology-chat": "token", zalouser: "profile" };

function channelBlock(d, channel) {
  const key = CREDENTIALS[channel];
  const own = () => ({ ...ingress(d, channel), ...(key && d.chance(0.5) ? { [key]: key.endsWith("oken") && d.flag() ? secret(d, "bot") : "x" } : {}) });
  const block = own();
  if (SHAPES[channel][0].includes("a") && d.chance(0.4)) block.accounts = Object.fromEntries(d.some(["a", "b", "Work Bot"], 0.5).map((id) => [id, own()]));
  return block;
}

function gatewayBlock(d) {
  return d.object(
    ["bind", 0.5, () => d.of(["loopback", "lan", "auto", "tailnet", "custom"])],
    ["customBindHost", 0.4, () => d.of(["127.0.0.1", "192.168.1.10", "0.0.0.0", "claw.lan", "010.0.0.1"])],
    ["mode", 0.3, () => d.of(["local", "remote"])],
    ["remote", 0.3, () => ({ url: "wss://claw.example.org" })],
    ["auth", 0.6, () => d.object(["mode", 0.6, () => d.of(["none", "token", "password"])], ["token", 0.5, () => secret(d, "token")],
      ["rateLimit", 0.4, () => ({ maxAttempts: 5 })])],
    ["tailscale", 0.3, () => d.object(["mode", 0.8, () => d.of(["off", "serve", "funnel"])], ["preserveFunnel", 0.4, () => d.flag()])],
    ["controlUi", 0.3, () => d.object(["dangerouslyAllowHostHeaderOriginFallback", 0.7, () => d.flag()])],
    ["http", 0.4, () => ({ endpoints: d.object(
      ["chatCompletions", 0.7, () => d.object(["enabled", 0.8, () => d.chance(0.7)], ["images", 0.6, () => fetched(d)])],
      ["responses", 0.7, () => d.object(["enabled", 0.8, () => d.chance(0.7)], ["images", 0.6, () => fetched(d)], ["files", 0.6, () => fetched(d)])]) })],
    ["nodes", 0.4, () => ({ commands: d.object(["deny", 0.8, () => d.some(["system.run", "camera.snap", " screen.record "])],
      ["allow", 0.3, () => ["canvas.eval"]]) })]);
}

const fetched = (d) => d.object(["allowUrl", 0.7, () => d.chance(0.7)],
  ["urlAllowlist", 0.5, () => d.some(["*", "cdn.example.org", "*.", " "], 0.3)]);

function bindings(d, agents, channels) {
  const one = () => ({ agentId: d.of(agents), ...(d.chance(0.1) ? { type: "route" } : {}), match: { channel: d.of([...channels, "telegram", "discord"]),
    ...d.object(["accountId", 0.3, () => d.of(["*", "a", "default"])], ["peer", 0.4, () => ({ kind: d.of(["direct", "group", "channel"]), id: d.of(["1", "2", "*"]) })],
      ["guildId", 0.2, () => "9"]) } });
  return Array.from({ length: Math.floor(d.next() * 4) }, one);
}

function randomConfig(d) {
  const channels = d.some(CHANNELS, 0.15);
  const agents = d.some(AGENTS, 0.5);
  const roster = agents.length ? agents : ["main"];
  const entries = Object.fromEntries(roster.map((id) => [id, agent(d)]));
  if (d.flag()) entries[roster[0]].default = true;
  const defaults = d.object(["model", 0.4, () => model(d)], ["sandbox", 0.6, () => sandbox(d)], ["models", 0.2, () => ({ [d.of(MODELS)]: {} })],
    ["imageModel", 0.2, () => model(d)]);
  return {
    agents: { ...(roster.length > 1 && !entries[roster[0]].default ? { ownership: "explicit" } : {}), defaults,
      ...(agents.length || d.flag() ? { entries } : {}) },
    ...d.object(
      ["tools", 0.7, () => tools(d, true)],
      ["channels", 0.9, () => ({ ...(d.chance(0.3) ? { defaults: d.object(["groupPolicy", 0.8, () => d.of(["open", "allowlist", "disabled"])]) } : {}),
        ...Object.fromEntries(channels.map((channel) => [channel, channelBlock(d, channel)])) })],
      ["gateway", 0.8, () => gatewayBlock(d)],
      ["session", 0.5, () => d.object(["dmScope", 0.7, () => d.of(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"])],
        ["maintenance", 0.5, () => ({ mode: d.of(["warn", "enforce"]) })])],
      ["mcp", 0.4, () => ({ servers: Object.fromEntries(d.some(["calendar", "Scraper", "my tools"]).map((id) => [id, { command: "run" }])) })],
      ["models", 0.4, () => ({ providers: Object.fromEntries(d.some(["openai", "vault-llm"]).map((id) => [id, { baseUrl: "https://x.example/v1", apiKey: secret(d, "key"), models: [] }])) })],
      ["browser", 0.3, () => ({ ssrfPolicy: d.object(["dangerouslyAllowPrivateNetwork", 0.7, () => d.flag()]) })],
      ["memory", 0.4, () => ({ search: memorySearch(d) })],
      ["diagnostics", 0.4, () => d.object(["enabled", 0.3, () => d.flag()], ["otel", 0.9, () => d.object(["enabled", 0.9, () => d.chance(0.8)], ["traces", 0.4, () => d.flag()],
        ["logs", 0.4, () => d.flag()], ["captureContent", 0.8, () => d.chance(0.8)])])],
      ["secrets", 0.4, () => ({ providers: Object.fromEntries(d.some(["vault", "default", "files"]).map((id) => [id, d.of([{ source: "env" },
        { source: "file", path: "/etc/openclaw/secrets.json", mode: "json" }])])) })],
      ["auth", 0.4, () => ({ profiles: Object.fromEntries(d.some(["openai:work", "openai"]).map((id) => [id,
        { provider: d.of(["openai", " "]), mode: d.of(["api_key", "oauth", "token", "aws-sdk"]) }])) })],
      ["bindings", 0.5, () => bindings(d, roster, channels)]),
  };
}

// ---- policies --------------------------------------------------------------------------------------------

function toolsPolicy(d) {
  return d.object(
    ["profiles", 0.5, () => ({ allow: d.some(["minimal", "coding", "messaging", "full"]) })],
    ["fs", 0.4, () => ({ requireWorkspaceOnly: d.chance(0.8) })],
    ["exec", 0.6, () => d.object(["allowSecurity", 0.6, () => d.some(["deny", "allowlist", "full"])],
      ["requireAsk", 0.6, () => d.some(["off", "on-miss", "always"])], ["allowHosts", 0.6, () => d.some(["auto", "sandbox", "gateway", "node"])])],
    ["elevated", 0.4, () => ({ allow: d.chance(0.2) })],
    ["alsoAllow", 0.4, () => ({ expected: d.some(["Exec", "browser", "nodes"], 0.4) })],
    ["denyTools", 0.5, () => d.some(["exec", "group:runtime", "group:fs", "cron", "custom_tool", "group:nothing", "canvas", "web_fetch"], 0.3)]);
}

function sandboxPolicy(d) {
  const rules = ["denyHostNetwork", "denyContainerNamespaceJoin", "requireReadOnlyMounts", "denyContainerRuntimeSocketMounts", "denyUnconfinedProfiles"];
  return d.object(
    ["requireMode", 0.5, () => d.some(["off", "non-main", "all"])],
    ["allowBackends", 0.4, () => d.some(["docker", "Podman", "ssh"])],
    ["containers", 0.6, () => Object.fromEntries(d.some(rules).map((rule) => [rule, d.chance(0.85)]))],
    ["browser", 0.4, () => ({ requireCdpSourceRange: d.chance(0.8) })]);
}

const workspacePolicy = (d) => ({ workspace: d.object(["allowedAccess", 0.7, () => d.some(["none", "ro", "rw"])],
  ["denyTools", 0.7, () => d.some(["exec", "process", "write", "edit", "apply_patch"])]) });

const channelsPolicy = (d) => d.object(["allowDmPolicies", 0.7, () => d.some(["pairing", "allowlist", "open", "disabled"])],
  ["denyOpenGroups", 0.6, () => d.chance(0.8)], ["requireMentionInGroups", 0.6, () => d.chance(0.8)]);

function probe(d, id) {
  return { id, route: { channel: d.of(["telegram", "discord", "Slack"]), ...d.object(["accountId", 0.3, () => d.of(["a", "default"])],
    ["peer", 0.7, () => ({ kind: d.of(["direct", "group", "channel"]), id: d.of(["1", "2", "3"]) })], ["guildId", 0.3, () => "9"],
    ["memberRoleIds", 0.2, () => ["r1"]]) },
    expect: { agentId: d.of(["main", "Work", "ops-bot"]), ...d.object(["matchedBy", 0.5, () => d.of([["default"], ["binding.peer", "binding.channel"], ["binding.account"]])]) } };
}

function scope(d) {
  if (d.chance(0.35)) return { channelIds: d.some(["Telegram", "discord", "slack", "matrix", "feishu"], 0.5).concat("irc"), ingress: { channels: channelsPolicy(d) } };
  return { agentIds: [...d.some(["work", "OPS-BOT", "nobody", "family"], 0.5), "main"],
    ...d.object(["tools", 0.6, () => toolsPolicy(d)], ["sandbox", 0.6, () => sandboxPolicy(d)], ["agents", 0.5, () => workspacePolicy(d)],
      ["dataHandling", 0.4, () => ({ memory: { denySessionTranscriptIndexing: d.chance(0.8) } })]) };
}

function randomPolicy(d) {
  const scoped = d.chance(0.4);
  return {
    ...d.object(
      ["channels", 0.4, () => ({ denyRules: d.some(CHANNELS, 0.2).map((provider) => ({ id: "r", when: { provider } })) })],
      ["mcp", 0.4, () => ({ servers: d.object(["deny", 0.5, () => d.some(["scraper", "Scraper", "x"])], ["allow", 0.5, () => d.some(["calendar", " my tools "])]) })],
      ["models", 0.4, () => ({ providers: d.object(["deny", 0.5, () => d.some(PROVIDERS, 0.3)], ["allow", 0.5, () => d.some(PROVIDERS, 0.4)]) })],
      ["network", 0.4, () => ({ privateNetwork: { allow: d.chance(0.2) } })],
      ["routing", 0.4, () => d.object(["requireBindings", 0.6, () => d.chance(0.8)], ["requireConfiguredChannels", 0.6, () => d.chance(0.8)],
        ["probes", 0.5, () => [probe(d, "first"), probe(d, "second one")]])],
      ["ingress", 0.5, () => d.object(["session", 0.6, () => ({ requireDmScope: d.of(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"]) })],
        ...(scoped ? [] : [["channels", 0.8, () => channelsPolicy(d)]]))],
      ["gateway", 0.5, () => d.object(
        ["exposure", 0.7, () => d.object(["allowNonLoopbackBind", 0.8, () => d.chance(0.2)], ["allowTailscaleFunnel", 0.8, () => d.chance(0.2)])],
        ["auth", 0.7, () => d.object(["requireAuth", 0.8, () => d.chance(0.8)], ["requireExplicitRateLimit", 0.8, () => d.chance(0.8)])],
        ["controlUi", 0.7, () => ({ allowInsecure: d.chance(0.2) })], ["remote", 0.7, () => ({ allow: d.chance(0.2) })],
        ["http", 0.7, () => d.object(["denyEndpoints", 0.7, () => d.some(["chatCompletions", "responses"])], ["requireUrlAllowlists", 0.7, () => d.chance(0.8)])],
        ["nodes", 0.7, () => ({ denyCommands: d.some(["system.run", "System.run", "camera.snap", "screen.record"]) })])],
      ...(scoped ? [] : [["agents", 0.4, () => workspacePolicy(d)], ["tools", 0.5, () => toolsPolicy(d)], ["sandbox", 0.5, () => sandboxPolicy(d)]]),
      ["dataHandling", 0.4, () => d.object(["telemetry", 0.7, () => ({ denyContentCapture: d.chance(0.8) })], ["retention", 0.7, () => ({ requireSessionMaintenance: d.chance(0.8) })],
        ...(scoped ? [] : [["memory", 0.7, () => ({ denySessionTranscriptIndexing: d.chance(0.8) })]]), ["sensitiveLogging", 0.3, () => ({ requireRedaction: true })])],
      ["secrets", 0.4, () => d.object(["requireManagedProviders", 0.7, () => d.chance(0.8)], ["denySources", 0.6, () => d.some(["env", "file", "exec"])],
        ["allowInsecureProviders", 0.3, () => false])],
      ["auth", 0.4, () => ({ profiles: d.object(["requireMetadata", 0.7, () => d.some(["Provider", "mode"])], ["allowModes", 0.7, () => d.some(["api_key", "oauth", "token"])]) })]),
    ...(scoped ? { scopes: Object.fromEntries(d.some(["people", "rooms of work", "third"], 0.6).map((name) => [name, scope(d)])) } : {}),
  };
}

export function* randomCases(count, seed) {
  for (let n = 0; n < count; n++) {
    const d = new Dice(seed * 1000003 + n);
    yield { id: `s${seed}-${n}`, config: JSON.stringify(randomConfig(d)), policy: JSON.stringify(randomPolicy(d)) };
  }
}

// ---- written ones ----------------------------------------------------------------------------------------

const CONFIG = `{ agents: { entries: { main: {} } }, channels: { telegram: { botToken: "x" } } }`;

// Documents with mistakes, each beside a rule that is not kept.
const WRONG = [
  `{ sandbox: { requireMode: ["all"] }, sandboxes: {} }`, `[]`, `"text"`, `{ sandbox: [`, `{ sandbox: null }`,
  `{ sandbox: { requireMode: ["ALL"] } }`, `{ sandbox: { requireMode: "all" } }`, `{ sandbox: { requireMode: ["all", 1] } }`,
  `{ sandbox: { containers: { denyHostNet: true } }, gateway: { auth: { requireExplicitRateLimit: true } } }`,
  `{ gateway: { auth: { requireExplicitRateLimit: true, more: 1 }, http: { denyEndpoints: ["foo"] } } }`,
  `{ gateway: { exposure: { allowNonLoopbackBind: "no" } } }`, `{ gateway: { nodes: { denyCommands: ["system.run", 7] } } }`,
  `{ tools: { profiles: { allow: ["tiny"] }, denyTools: ["exec"] } }`, `{ tools: { denyTools: ["exec", " "] } }`,
  `{ tools: { fs: { requireWorkspaceOnly: 1 }, elevated: { allow: false } } }`,
  `{ ingress: { channels: { allowDmPolicies: ["allowlist"], denyOpen: true } } }`, `{ ingress: { session: { requireDmScope: "per-Peer" } } }`,
  `{ agents: { workspace: { allowedAccess: ["none "], denyTools: ["exec"] } } }`, `{ agents: { workspace: { denyTools: ["read"] } } }`,
  `{ channels: { denyRules: [{ when: { provider: "telegram" } }, { when: {} }] } }`,
  `{ channels: { denyRules: [{ when: { provider: "telegram", kind: "x" } }] } }`, `{ channels: { denyRules: [{ when: { provider: "telegram" }, name: 1 }] } }`,
  `{ channels: { denyRules: "telegram" } }`, `{ channels: { deny: [], denyRules: [{ when: { provider: "telegram" } }] } }`,
  `{ mcp: { servers: { allow: [""] } } }`, `{ models: { providers: { only: [] } } }`, `{ network: { privateNetwork: { allow: 0 } } }`,
  `{ dataHandling: { telemetry: { denyContentCapture: 1 }, retention: { keep: 1 } } }`, `{ dataHandling: { logs: {} } }`,
  `{ secrets: { denySources: [1], requireManagedProviders: true } }`, `{ secrets: { other: true, requireManagedProviders: true } }`,
  `{ auth: { profiles: { allowModes: ["basic"], requireMetadata: ["mode"] } } }`, `{ auth: { profiles: { requireMetadata: "mode" } } }`,
  `{ routing: { requireBindings: true, other: 1 } }`, `{ routing: { requireBindings: "yes" } }`, `{ routing: { probes: {} } }`,
  `{ routing: { probes: [{ id: " ", route: { channel: "telegram" }, expect: { agentId: "x" } }] } }`,
  `{ routing: { probes: [{ id: "a", route: { channel: "telegram", peer: { kind: "dm", id: "1" } }, expect: { agentId: "x" } }] } }`,
  `{ routing: { probes: [{ id: "a", route: { channel: "telegram", room: 1 }, expect: { agentId: "x" } }] } }`,
  `{ routing: { probes: [{ id: "a", route: { channel: "telegram" }, expect: { agentId: "x", matchedBy: ["peer"] } }] } }`,
  `{ routing: { probes: [{ id: "a", route: { channel: "telegram" }, expect: { agentId: "x" } }, { id: "a ", route: { channel: "telegram" }, expect: { agentId: "x" } }] } }`,
  `{ routing: { probes: [{ id: "a", route: { channel: "telegram", memberRoleIds: [] }, expect: { agentId: "x" } }] } }`,
  `{ scopes: [] }`, `{ scopes: { a: null } }`, `{ scopes: { a: {} } }`, `{ scopes: { a: { agentIds: [] } } }`,
  `{ scopes: { a: { agentIds: ["main", "MAIN"], sandbox: { requireMode: ["all"] } } } }`, `{ scopes: { a: { agentIds: [1] } } }`,
  `{ scopes: { a: { agentIds: "main" } } }`, `{ scopes: { "a b": { channelIds: ["telegram"], sandbox: { requireMode: ["all"] } } } }`,
  `{ scopes: { a: { agentIds: ["main"], ingress: { channels: { denyOpenGroups: true } } } } }`,
  `{ scopes: { a: { channelIds: ["telegram"], ingress: { session: { requireDmScope: "main" } } } } }`,
  `{ scopes: { a: { agentIds: ["main"], gateway: {} } } }`, `{ scopes: { a: { agentIds: ["main"], tools: { requireMetadata: ["risk"] } } } }`,
  `{ scopes: { a: { agentIds: ["main"], dataHandling: { telemetry: { denyContentCapture: true } } } } }`,
  `{ scopes: { a: { agentIds: ["main"], agents: { workspace: { allowedAccess: ["none"] }, other: 1 } } } }`,
  `{ scopes: { a: { agentIds: ["main"], sandbox: { requireMode: ["all", "off"] } } }, sandbox: { requireMode: ["all"] } }`,
  `{ scopes: { a: { agentIds: ["main"], tools: { elevated: { allow: true } } } }, tools: { elevated: { allow: false } } }`,
  `{ scopes: { a: { agentIds: ["main"], tools: { denyTools: ["exec"] } } }, tools: { denyTools: ["group:runtime"] } }`,
  `{ scopes: { a: { agentIds: ["main"], tools: { alsoAllow: { expected: [] } } } }, tools: { alsoAllow: { expected: ["exec"] } } }`,
  `{ scopes: { a: { agentIds: ["main"], sandbox: { allowBackends: ["docker"] } }, b: { agentIds: ["MAIN"], sandbox: { allowBackends: ["podman"] } } } }`,
  `{ scopes: { a: { channelIds: ["telegram"], ingress: { channels: { denyOpenGroups: false } } } }, ingress: { channels: { denyOpenGroups: true } } }`,
];

// Documents without mistakes whose scopes are as strict as they must be, or stricter.
const STRICT = [
  `{ scopes: { a: { agentIds: ["main"], tools: { denyTools: ["group:runtime", "write"] } } }, tools: { denyTools: ["exec"] } }`,
  `{ scopes: { a: { agentIds: ["main", "ghost"], sandbox: { requireMode: ["all"] } } }, sandbox: { requireMode: ["all", "non-main"] } }`,
  `{ scopes: { a: { agentIds: ["main"], sandbox: { allowBackends: ["podman", "docker"] } }, b: { agentIds: ["main"], sandbox: { allowBackends: ["podman"] } } } }`,
  `{ scopes: { a: { agentIds: ["main"], tools: { profiles: { allow: [] } } } }, tools: { profiles: { allow: [] } } }`,
  `{ sandbox: { requireMode: [] }, tools: { profiles: {} }, mcp: {}, gateway: { http: {} } }`,
  `// with comments\n{ "channels": { "denyRules": [{ "when": { "provider": "telegram" }, }], }, }`,
];

// What the gateway refuses, or no longer has: its policy check would still judge it, and so does an audit.
const REFUSED = [
  `{ agents: { defaults: { sandbox: { docker: { network: "host", seccompProfile: "unconfined" }, browser: { enabled: true, network: "HOST" } } },
     entries: { main: { sandbox: { docker: { apparmorProfile: "Unconfined", network: "container:x" } } }, work: { sandbox: { backend: "ssh", docker: { binds: ["/x"] }, browser: { enabled: true, cdpSourceRange: " " } } } } } }`,
  `{ agents: { defaults: { sandbox: { scope: "shared", docker: { network: "host", binds: ["C:\\\\x:/y:ro", "/a:C:/b:RO, z", "/var/run/Docker.sock:/s"] } },
     }, entries: { main: { sandbox: { docker: { network: "none", binds: ["/m:/m"] }, browser: { enabled: true } } }, work: { sandbox: { scope: "agent", perSession: false, docker: { network: "none" } } } } } }`,
  `{ diagnostics: { otel: { enabled: true, captureContent: { enabled: true, toolInputs: true } } }, agents: { defaults: { sandbox: { perSession: false, browser: { enabled: true, binds: ["/b:/b"] } } },
     entries: { main: { sandbox: { browser: { enabled: false } } }, work: { sandbox: { scope: "agent", browser: { enabled: false } } } } } }`,
  `{ diagnostics: { otel: { enabled: true, traces: false, captureContent: { enabled: true, toolInputs: true } } }, agents: { entries: { main: { memory: { search: { experimental: { sessionMemory: true }, sources: ["sessions"] } } } } },
     memory: { search: { experimental: { sessionMemory: true }, sources: ["sessions"] } } }`,
];
const EVERYTHING = `{ sandbox: { containers: { denyHostNetwork: true, denyContainerNamespaceJoin: true, requireReadOnlyMounts: true, denyContainerRuntimeSocketMounts: true, denyUnconfinedProfiles: true },
  browser: { requireCdpSourceRange: true } }, dataHandling: { telemetry: { denyContentCapture: true }, memory: { denySessionTranscriptIndexing: true } }, tools: { exec: { allowSecurity: ["allowlist"], requireAsk: ["on-miss"] } } }`;
const SCOPED = `{ scopes: { a: { agentIds: ["work", "main", "ghost"], sandbox: { containers: { denyHostNetwork: true, denyContainerNamespaceJoin: true, requireReadOnlyMounts: true, denyContainerRuntimeSocketMounts: true,
  denyUnconfinedProfiles: true }, browser: { requireCdpSourceRange: true } }, dataHandling: { memory: { denySessionTranscriptIndexing: true } } } } }`;

export function* writtenCases(hash) {
  for (const [n, config] of REFUSED.entries()) {
    yield { id: `refused-${n}`, refused: true, config, policy: EVERYTHING };
    yield { id: `refused-scoped-${n}`, refused: true, config, policy: SCOPED };
  }
  for (const [n, policy] of WRONG.entries()) yield { id: `wrong-${n}`, config: CONFIG, policy };
  for (const [n, policy] of STRICT.entries()) yield { id: `strict-${n}`, config: CONFIG, policy };
  const policy = { sandbox: { requireMode: ["all"] }, Channels: undefined, routing: { requireBindings: true } };
  const text = JSON.stringify(policy);
  const approving = (config) => JSON.stringify({ agents: { entries: { main: {} } }, plugins: { entries: { policy: { enabled: true, config } } } });
  yield { id: "hash-same", config: approving({ expectedHash: ` ${hash(JSON.parse(text))} ` }), policy: text };
  yield { id: "hash-other", config: approving({ expectedHash: "sha256:0" }), policy: text };
  const mixed = `{ routing: { requireBindings: true }, sandbox: { allowBackends: ["\\u00e9", "a\\n", 1e21, 0.1, -0] } }`;
  yield { id: "hash-mixed", config: approving({ expectedHash: hash({ routing: { requireBindings: true }, sandbox: { allowBackends: ["\u00e9", "a\n", 1e21, 0.1, -0] } }) }), policy: mixed };
  yield { id: "switched-off", config: approving({ enabled: false }), policy: text };
  yield { id: "no-roster", config: `{ agents: { defaults: { sandbox: { mode: "off" } } } }`, policy: `{ sandbox: { requireMode: ["all"] }, tools: { elevated: { allow: false } } }` };
  yield { id: "list", config: `{ agents: { list: [{ id: "main", default: true, sandbox: { mode: "all" } }, { id: "work", tools: { profile: "full" } }] }, channels: { telegram: { botToken: "x" } } }`,
    policy: `{ sandbox: { requireMode: ["non-main"] }, routing: { requireBindings: true, probes: [{ id: "p", route: { channel: "telegram" }, expect: { agentId: "main", matchedBy: ["default"] } }] } }` };
  yield { id: "nobody", config: `{ agents: { ownership: "explicit", entries: { a: {}, b: {} } }, channels: { telegram: { botToken: "x" } } }`,
    policy: `{ routing: { probes: [{ id: "p", route: { channel: "telegram" }, expect: { agentId: "a" } }] } }` };
}
