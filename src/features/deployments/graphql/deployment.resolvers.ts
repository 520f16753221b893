import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { serviceAccountPermissions } from "../../access";
import { RoleBinding, visibleBindings } from "../../access/graphql";
import type { RuntimeCatalogue } from "../../runtimes";
import { Workspace, type WorkspaceLoaders } from "../../workspaces/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { can, deploymentScope, requirePermission } from "../../../kernel/permissions";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { DeploymentQueries } from "../app/deployment-queries";
import { canSee, DEPLOYMENT_PERMISSIONS, deploymentPermissions } from "../domain/access";
import { addressesOf } from "../domain/addresses";
import { desiredAirflowVersion, desiredRuntimeVersion } from "../domain/deployment";
import { presentVariables } from "../domain/settings";
import type { DeploymentLoaders } from "./deployment.loaders";
import { DeploymentWhereUniqueInput } from "./deployment.inputs";
import {
  DagDeploymentConfig,
  Deployment,
  DeploymentUrl,
  EnvironmentVariable,
  presentDagDeployment,
  presentDeployment,
} from "./deployment.types";

const PAGE = 20;

@Resolver()
export class DeploymentQueryResolver {
  constructor(private readonly queries: DeploymentQueries) {}

  @Query(() => Deployment, { nullable: true, description: "One Deployment. Requires deployment.config.get on it." })
  async deployment(
    @Ctx() context: GraphqlContext,
    @Arg("where", () => DeploymentWhereUniqueInput, { description: "Which one." }) where: DeploymentWhereUniqueInput,
  ): Promise<Deployment> {
    const found = await this.queries.find(await context.actor(), {
      id: where.id || undefined,
      releaseName: where.releaseName || undefined,
    });
    return presentDeployment(found);
  }

  @Query(() => Deployment, {
    nullable: true,
    description: "One Deployment of a Workspace by its release name; null if there is none.",
  })
  async workspaceDeployment(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "The Workspace." }) workspaceId: string,
    @Arg("releaseName", () => String, { description: "The Deployment's release name." }) releaseName: string,
  ): Promise<Deployment | null> {
    const found = await this.queries.ofWorkspace(await context.actor(), workspaceId, releaseName);
    return found[0] === undefined ? null : presentDeployment(found[0]);
  }

  @MaxItems(100)
  @Query(() => [Deployment], {
    nullable: true,
    description: "The Deployments of all Workspaces that the caller may see, sorted by label, page by page.",
  })
  async paginatedDeployments(
    @Ctx() context: GraphqlContext,
    @Arg("take", () => Int, {
      nullable: true,
      description: "How many, 20 without it; -1 for all of them. Less, or -1 with a cursor, reads backwards.",
    })
    take?: number | null,
    @Arg("name", () => String, {
      nullable: true,
      description: "Only those with this in their label or release name, in either case.",
    })
    name?: string | null,
    @Arg("cursor", () => Uuid, {
      nullable: true,
      description: "The Deployment to go on from, left out itself; empty for the beginning.",
    })
    cursor?: string | null,
    @Arg("pageNumber", () => Int, {
      nullable: true,
      description: "How many pages to pass over, behind the cursor where there is one.",
    })
    pageNumber?: number | null,
  ): Promise<Deployment[]> {
    const found = await this.queries.page(await context.actor(), {
      take: take ?? PAGE,
      pageNumber: pageNumber ?? 0,
      cursor: cursor || undefined,
      namePart: name || undefined,
    });
    return found.map((deployment) => presentDeployment(deployment));
  }

  @MaxItems(50)
  @Query(() => [Deployment], {
    nullable: true,
    description: "The Deployments of a Workspace that the caller may see, sorted by label.",
  })
  async workspaceDeployments(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "The Workspace." }) workspaceId: string,
    @Arg("releaseName", () => String, { nullable: true, description: "Only the one with this release name." })
    releaseName?: string | null,
  ): Promise<Deployment[]> {
    const found = await this.queries.ofWorkspace(await context.actor(), workspaceId, releaseName || undefined);
    return found.map((deployment) => presentDeployment(deployment));
  }
}

@Resolver(() => Deployment)
export class DeploymentFieldResolver {
  constructor(
    private readonly deps: {
      readonly catalogue: RuntimeCatalogue;
      readonly loaders: (context: GraphqlContext) => DeploymentLoaders;
      readonly workspaceLoaders: (context: GraphqlContext) => WorkspaceLoaders;
      /** Where the Deployments are reached from outside; known once the service listens. */
      readonly publicUrl: () => string;
    },
  ) {}

  @FieldResolver(() => Uuid, { nullable: true, description: "The same as id." })
  uuid(@Root() { id }: Deployment): string {
    return id;
  }

  @FieldResolver(() => String, { nullable: true, description: "Always airflow." })
  type(): string {
    return "airflow";
  }

  @FieldResolver(() => String, { nullable: true, description: "Version of the Helm chart, without a leading v." })
  version(@Root() { record }: Deployment): string {
    return record.chartVersion;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The Airflow that was asked for; what runs while nothing is pending; null on a Runtime.",
  })
  desiredAirflowVersion(@Root() { record }: Deployment): string | null {
    return desiredAirflowVersion(record);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The Runtime that was asked for; what runs while nothing is pending.",
  })
  desiredRuntimeVersion(@Root() { record }: Deployment): string | null {
    return desiredRuntimeVersion(record);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The Airflow inside the Runtime; null without a Runtime, or for one that the catalogue does not know.",
  })
  runtimeAirflowVersion(@Root() { record }: Deployment): string | null {
    return this.deps.catalogue.airflowVersionOf(record.runtimeVersion);
  }

  @MaxItems(3)
  @FieldResolver(() => [DeploymentUrl], { nullable: true, description: "Where the Deployment's own pages are." })
  urls(@Root() { record }: Deployment): DeploymentUrl[] {
    return addressesOf(record, this.deps.publicUrl());
  }

  @FieldResolver(() => DagDeploymentConfig, { nullable: true, description: "How DAGs reach the Deployment." })
  dagDeployment(@Root() { record }: Deployment): DagDeploymentConfig {
    return presentDagDeployment(record.dagDeploymentType, record.dagDeployment);
  }

  @MaxItems(20)
  @FieldResolver(() => [EnvironmentVariable], {
    nullable: true,
    description: "The environment variables that the mutation answering this has written; null elsewhere.",
  })
  upsertedEnvironmentVariables(@Root() { upserted }: Deployment): EnvironmentVariable[] | null {
    return upserted === null ? null : presentVariables(upserted);
  }

  @MaxItems(50)
  @FieldResolver(() => [String], {
    description: "The permissions that you hold on it, such as deployment.images.push, sorted.",
  })
  async permissions(@Root() { record }: Deployment, @Ctx() context: GraphqlContext): Promise<string[]> {
    const more = serviceAccountPermissions(deploymentScope(record));
    return deploymentPermissions(await context.actor(), record, more);
  }

  @FieldResolver(() => Workspace, { nullable: true, description: "The Workspace that it belongs to." })
  workspace(@Root() { record }: Deployment, @Ctx() context: GraphqlContext): Promise<Workspace | null> {
    return this.deps.workspaceLoaders(context).workspaces.load(record.workspaceId);
  }

  @MaxItems(10)
  @FieldResolver(() => [RoleBinding], {
    nullable: true,
    description:
      "Who has which role on it. Requires deployment.users.get; those of Teams take deployment.teams.get, and those of service accounts deployment.serviceAccounts.get.",
  })
  async roleBindings(@Root() { record }: Deployment, @Ctx() context: GraphqlContext): Promise<RoleBinding[]> {
    const [actor, scope] = [await context.actor(), deploymentScope(record)];
    requirePermission(actor, DEPLOYMENT_PERMISSIONS.seeUsers, scope);
    return visibleBindings(await this.deps.loaders(context).bindings.load(record.id), {
      teams: can(actor, DEPLOYMENT_PERMISSIONS.seeTeams, scope),
      serviceAccounts: can(actor, DEPLOYMENT_PERMISSIONS.seeServiceAccounts, scope),
    });
  }
}

@Resolver(() => RoleBinding)
export class RoleBindingDeploymentResolver {
  constructor(private readonly loaders: (context: GraphqlContext) => DeploymentLoaders) {}

  @FieldResolver(() => Deployment, {
    nullable: true,
    description: "The Deployment that the role is for, if it is for one; null also for one that you may not see.",
  })
  async deployment(@Root() { deploymentId }: RoleBinding, @Ctx() context: GraphqlContext): Promise<Deployment | null> {
    if (deploymentId === null) return null;
    const found = await this.loaders(context).deployments.load(deploymentId);
    // A user's role bindings may be shown to a caller who cannot see all of that user's Deployments.
    return found === null || !canSee(await context.actor(), found) ? null : presentDeployment(found);
  }
}
