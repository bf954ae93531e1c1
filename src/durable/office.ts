import type { Configuration } from "../environment.ts";
import { readConfiguration } from "../environment.ts";
import { GitHubApp } from "../github/app.ts";
import { connectRepository, RepositoryClient } from "../github/client.ts";
import type { RepositoryRef } from "../github/port.ts";
import { RepositoryPublisher } from "../github/publisher.ts";

/** Where a Durable Object works: one repository, under the installation that sees it. */
export interface Place {
  readonly installation: number;
  readonly repository: RepositoryRef;
}

/** A way to read and to write one repository, counting what it costs. */
export interface Office {
  readonly client: RepositoryClient;
  readonly publisher: RepositoryPublisher;
  /** HTTP requests made so far. */
  requests(): number;
}

/** Opens a repository with the operator's settings. Throws when they are not whole: nothing was evaluated then. */
export function openOffice(variables: object, { installation, repository }: Place): Office {
  const { credentials, policyRepository } = configurationOf(variables);
  const app = new GitHubApp(credentials);
  const connection = connectRepository(app, installation, repository);
  return {
    client: new RepositoryClient(app, connection, installation, repository, policyRepository),
    publisher: new RepositoryPublisher(connection, app.id, repository),
    requests: () => app.requests,
  };
}

/** The settings, or an error that names what is wrong with them. */
export function configurationOf(variables: object): Configuration {
  const { configuration, problems } = readConfiguration(variables);
  if (configuration) return configuration;
  throw new Error(
    `Sluice is not configured: ${problems.map(({ variable, problem }) => `${variable} ${problem}`).join("; ")}`,
  );
}
