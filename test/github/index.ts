import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Changes } from "./changes.ts";
import { Contract } from "./contract/contract.ts";
import { createControl } from "./control.ts";
import { Faults } from "./faults.ts";
import { GitRepository } from "./git/repository.ts";
import { Authentication } from "./http/authentication.ts";
import { Reception } from "./http/reception.ts";
import { GitHubServer, openDoor } from "./http/server.ts";
import { Ledger } from "./ledger.ts";
import { serverLimits } from "./limits.ts";
import { LocalGitHub } from "./local-github.ts";
import {
  type GitHubOptions,
  manifestEvents,
  manifestPermissions,
  privateKey,
  type RepositoryOptions,
} from "./options.ts";
import { Repository } from "./repository.ts";
import type { LocalServices } from "./services.ts";
import { Visibility } from "./visibility.ts";
import { assertSubscriptions, Events } from "./webhooks/events.ts";
import { Webhooks } from "./webhooks/webhooks.ts";
import { World } from "./world.ts";

export type { CheckRun, CheckSuite } from "./checks.ts";
export type { Fault, RequestPattern } from "./faults.ts";
export type { Files } from "./git/write.ts";
export type { LoggedRequest } from "./ledger.ts";
export { LocalGitHub } from "./local-github.ts";
export type { GitHubOptions, RepositoryOptions } from "./options.ts";
export { type OwnRepository, repositoryFromGit } from "./own-repository.ts";
export type { IssueComment, PullRequest, Review, ReviewComment } from "./pull-request.ts";
export { type MergeGroup, Repository } from "./repository.ts";
export type { Delivery, WebhookFault } from "./webhooks/webhooks.ts";

/** Starts a GitHub on a free port of this machine, with the repositories asked for and the app installed on their owners. */
export async function createGitHub(options: GitHubOptions = {}): Promise<LocalGitHub> {
  const world = newWorld(options);
  assertSubscriptions(world.app);
  const folder = await mkdtemp(join(tmpdir(), "local-github-"));
  for (const repository of options.repositories ?? []) await addRepository(world, folder, repository);

  const changes = new Changes();
  const faults = new Faults();
  const ledger = new Ledger();
  const knobs = { latencyMs: 0, treeEntries: serverLimits.treeEntries };
  const contract = new Contract((violation) => ledger.violations.push(violation));
  const webhooks = new Webhooks(world, ledger, () => changes.announce());
  webhooks.target = options.webhook ?? null;
  const { door, url } = await openDoor(options.port ?? 0);
  const links = { api: url, web: url };
  const services: LocalServices = {
    authentication: new Authentication(world),
    contract,
    events: new Events(world, links, webhooks, contract),
    ledger,
    visibility: new Visibility(),
    webhooks,
    treeEntries: () => knobs.treeEntries,
  };
  const server = new GitHubServer(door, {
    reception: new Reception(world, services),
    faults,
    ledger,
    now: () => world.milliseconds,
    latency: () => knobs.latencyMs,
    changed: () => changes.announce(),
  });
  const github = new LocalGitHub({ world, services, faults, changes, server, knobs, folder, url });
  server.control = createControl(github);
  return github;
}

function newWorld({ app = {}, clock = Date.now }: GitHubOptions): World {
  const slug = app.slug ?? "sluice";
  const fields = {
    id: app.id ?? 12345,
    slug,
    name: slug,
    clientId: `Iv23li${slug}`,
    privateKey: app.privateKey ?? privateKey(),
    owner: app.owner ?? "acme",
    permissions: app.permissions ?? manifestPermissions,
    events: app.events ?? manifestEvents,
  };
  return new World(fields, clock);
}

async function addRepository(world: World, folder: string, options: RepositoryOptions): Promise<void> {
  const id = world.nextId();
  const owner = world.account(options.owner ?? "acme", options.ownerType ?? "Organization");
  const defaultBranch = options.defaultBranch ?? "main";
  const git =
    options.directory === undefined
      ? await GitRepository.create(join(folder, `${id}.git`), defaultBranch)
      : GitRepository.open(options.directory);
  const roles = new Map(Object.entries(options.roles ?? {}));
  for (const login of roles.keys()) world.account(login);
  const { name, private: isPrivate = true } = options;
  const repository = new Repository({
    id,
    owner,
    name,
    private: isPrivate,
    defaultBranch,
    git,
    parent: null,
    roles,
  });
  const { files, installed = true } = options;
  if (files !== undefined) await repository.commit(defaultBranch, files, { message: "Start" });
  repository.selected = installed;
  world.repositories.push(repository);
  const known = world.installations.some(({ account }) => account === owner);
  if (installed && !known) world.installations.push({ id: world.nextId(), account: owner });
}
