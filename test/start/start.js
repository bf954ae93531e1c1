/**
 * What `npm start` runs. Plain JavaScript, because it begins on any Node from 20 up with nothing installed: it installs
 * what is missing and hands over to a Node that runs TypeScript as it stands.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const minimum = [22, 12];

/** Whether `node_modules` holds what the lock file says. Optional packages are left to the platform. */
function isInstalled() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const wanted = packagesIn(join(root, "package-lock.json"));
  const present = packagesIn(installed);
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || present[path]?.version === entry.version,
  );
}

const packagesIn = (lockFile) => JSON.parse(readFileSync(lockFile, "utf8")).packages;

async function install() {
  const done = progress("Installing packages");
  // npm names itself to its scripts; elsewhere it is on the path.
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const { status, output } = await finished(
    spawn(command, [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: npm === undefined && process.platform === "win32",
    }),
  );
  done();
  if (status !== 0) {
    process.stderr.write(`${output}\nnpm start failed: npm ci ended with ${status}\n`);
    process.exit(1);
  }
}

/** Says what is being done: with the seconds on a terminal, once in a pipe. */
function progress(step) {
  const { stderr } = process;
  if (!stderr.isTTY) {
    stderr.write(`${step}…\n`);
    return () => {};
  }
  const started = Date.now();
  const show = () => stderr.write(`\r\u001b[K${step}… ${Math.round((Date.now() - started) / 1000)} s`);
  show();
  const timer = setInterval(show, 1000);
  return () => {
    clearInterval(timer);
    stderr.write("\r\u001b[K");
  };
}

/** The Node that the packages bring along, else this one when it is new enough. */
function suitableNode() {
  const system = process.platform === "win32" ? "win" : process.platform;
  try {
    return createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/bin/node`);
  } catch {
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major > minimum[0] || (major === minimum[0] && minor >= minimum[1])) return process.execPath;
  }
  process.stderr.write(
    `npm start needs Node ${minimum.join(".")} or newer; this is ${process.versions.node}\n`,
  );
  return process.exit(64);
}

/**
 * Runs the rest and ends as it ends. On a signal Wrangler ends its process at once, so the rest runs out of the terminal's
 * reach and is asked to end; when this process is gone, it ends as well. Who insists is obeyed.
 */
async function run() {
  // Node 22 asks for type stripping by name.
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const child = spawn(suitableNode(), [...flags, join(here, "main.ts"), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: true,
    windowsHide: true,
  });
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (asked) child.kill("SIGTERM");
      else child.send("end", () => {});
      asked = true;
    });
  }
  const { status } = await finished(child);
  process.exit(status ?? 1);
}

function finished(child) {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}

if (!isInstalled()) await install();
await run();
