import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Terminal } from "./command.ts";

/** The real terminal. Paths resolve against the folder the user stands in: npm scripts keep it in `INIT_CWD`. */
export const terminal: Terminal = {
  out: (output) => write(1, output),
  error: (output) => write(2, output),
  input: () => text(process.stdin),
  folder: process.env.INIT_CWD ?? process.cwd(),
  colours: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
};

/** Writes all of it before returning: a long report into a slow pipe must not be cut by the end of the process. */
function write(descriptor: number, output: string): void {
  const bytes = Buffer.from(output);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPIPE") return;
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}
