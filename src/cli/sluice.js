#!/usr/bin/env node
/**
 * Finds a Node that can run Sluice, and the bundle to run. Plain JavaScript, because it must start on Node 20: there it
 * hands over to the Node the package brings along.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import * as module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const require = module.createRequire(import.meta.url);
const bundle = join(root, "dist", "cli.js");
const minimum = [22, 12];

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
}

function packagedNode() {
  const system = process.platform === "win32" ? "win" : process.platform;
  try {
    return require.resolve(`node-${system}-${process.arch}/bin/node`);
  } catch {
    return null;
  }
}

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** In a checkout the bundle follows the sources; a published package has only the bundle. */
async function upToDateBundle() {
  const sources = join(root, "src", "cli", "main.ts");
  if (
    existsSync(sources) &&
    (!existsSync(bundle) || statSync(bundle).mtimeMs < newestSource(join(root, "src")))
  ) {
    const { build } = await import("esbuild");
    await build({
      entryPoints: [sources],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node22",
      logLevel: "error",
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
  }
  return bundle;
}

if (isNewEnough(process.versions.node)) {
  // The next run finds the bundle compiled. Node keeps such code in its folder for temporary files, if there is one.
  module.enableCompileCache();
  const { main } = await import(pathToFileURL(await upToDateBundle()).href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = packagedNode();
  if (node === null) {
    process.stderr.write(
      `sluice needs Node ${minimum.join(".")} or newer; this is ${process.versions.node}\n`,
    );
    process.exit(64);
  }
  const { status } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  process.exit(status ?? 2);
}
