import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { gitEnvironment } from "./process.ts";

export type ObjectType = "commit" | "tree" | "blob" | "tag";
export interface ObjectInfo {
  readonly oid: string;
  readonly type: ObjectType;
  readonly size: number;
}
export interface GitObject extends ObjectInfo {
  readonly body: Buffer;
}

interface Question {
  readonly wantsBody: boolean;
  readonly answer: (object: GitObject | null) => void;
}

/**
 * One `git cat-file --batch-command` per repository, kept open: an answer costs microseconds where a process costs
 * milliseconds, and questions asked together are answered in one go.
 */
export class ObjectReader {
  readonly #directory: string;
  #child: ChildProcessWithoutNullStreams | null = null;
  #questions: Question[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  /** Header of the object whose body is still arriving. */
  #awaited: ObjectInfo | null = null;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Object id, type and size in bytes of anything Git can resolve (`HEAD:path`, `main^{commit}`); null when it cannot. */
  info(name: string): Promise<ObjectInfo | null> {
    return this.#ask("info", name);
  }

  /** The whole object of a name Git can resolve; null when it cannot. */
  read(name: string): Promise<GitObject | null> {
    return this.#ask("contents", name);
  }

  close(): void {
    this.#child?.stdin.end();
    this.#child = null;
  }

  #ask(command: "info" | "contents", name: string): Promise<GitObject | null> {
    if (/[\n\0]/.test(name)) return Promise.resolve(null); // would be read as a second command
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((answer) => {
      this.#questions.push({ wantsBody: command === "contents", answer });
      child.stdin.write(`${command} ${name}\n`);
    });
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = spawn("git", ["-C", this.#directory, "cat-file", "--batch-command"], {
      env: gitEnvironment,
    });
    child.stdout.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      while (this.#answerNext());
    });
    return child;
  }

  #answerNext(): boolean {
    const question = this.#questions[0];
    if (question === undefined) return false;
    if (this.#awaited === null) {
      const line = this.#takeLine();
      if (line === null) return false;
      const [oid = "", type, size] = line.split(" ");
      if (size === undefined || !/^\d+$/.test(size)) return this.#settle(question, null); // "… missing", "… ambiguous"
      this.#awaited = { oid, type: type as ObjectType, size: Number(size) };
    }
    const info = this.#awaited;
    if (!question.wantsBody) return this.#settle(question, { ...info, body: Buffer.alloc(0) });
    if (this.#length < info.size + 1) return false;
    const body = this.#take(info.size);
    this.#take(1); // the newline after every body
    return this.#settle(question, { ...info, body });
  }

  #settle(question: Question, object: GitObject | null): boolean {
    this.#questions.shift();
    this.#awaited = null;
    question.answer(object);
    return true;
  }

  #takeLine(): string | null {
    const first = this.#chunks[0];
    if (first === undefined) return null;
    if (!first.includes(10) && this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    const end = this.#chunks[0]?.indexOf(10) ?? -1;
    if (end < 0) return null;
    const line = this.#take(end).toString();
    this.#take(1);
    return line;
  }

  #take(length: number): Buffer {
    const whole = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#length -= length;
    this.#chunks = this.#length > 0 ? [whole.subarray(length)] : [];
    return whole.subarray(0, length);
  }
}
