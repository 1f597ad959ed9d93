// The installed gateway, ready to be asked: its loader on a scratch directory with nothing else in it.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Package } from "./package.mjs";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

// An empty root with a state directory and a home; the process's own environment becomes that of the root.
export function isolate() {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clawc-gateway-")));
  const env = { HOME: `${root}/home`, OPENCLAW_STATE_DIR: `${root}/state`, PATH: "/usr/bin:/bin",
    OPENCLAW_CONFIG_PATH: `${root}/state/openclaw.json`, TZ: "UTC" };
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  for (const dir of ["home", "state"]) fs.mkdirSync(`${root}/${dir}`);
  process.on("exit", () => fs.rmSync(root, { recursive: true, force: true }));
  return { root, env };
}

export class Gateway {
  static async open(packageRoot, names = {}) {
    const gateway = new Gateway();
    gateway.isolated = isolate();
    gateway.package = new Package(packageRoot);
    gateway.version = gateway.package.version;
    gateway.has = await gateway.package.load({
      createConfigIO: ["createConfigIO", "src/config/io"],
      clearConfigCache: ["clearConfigCache", "src/config/io"],
      ...names,
    });
    return gateway;
  }

  // What the loader makes of a config file: {valid, issues, warnings, resolved, config...}.
  async load(source, environment = {}) {
    const { env } = this.isolated;
    fs.writeFileSync(env.OPENCLAW_CONFIG_PATH, source);
    this.has.clearConfigCache?.();
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env, environment);
    const io = this.has.createConfigIO({ configPath: env.OPENCLAW_CONFIG_PATH, env: process.env,
      homedir: () => env.HOME, logger: SILENT });
    return await io.readConfigFileSnapshot();
  }

  // As the process that runs would have it, with all defaults; null when the config is refused.
  async loaded(source, environment) {
    const snapshot = await this.load(source, environment);
    return snapshot.valid ? snapshot.runtimeConfig ?? snapshot.config : null;
  }
}
