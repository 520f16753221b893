import type { Config } from "../../config";
import type { GraphqlContext } from "../../infrastructure/graphql/context";
import type { Clock } from "../../kernel/clock";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import type { CheckBundle, DagBundle } from "../bundles";
import type { DeploymentReadModel } from "../deployments";
import type { DeployStores, RevisionBundles, RevisionReadModel } from "../deploys";
import type { DeployLoaders } from "../deploys/graphql";
import type { LookUpImage } from "../registry";
import type { RuntimeCatalogue } from "../runtimes";
import { AssessRollback } from "./app/assess-rollback";
import { InspectTarget } from "./app/inspect-target";
import { PlanRollback } from "./app/plan-rollback";
import type { RollbackMetrics } from "./app/ports";
import { RollbackDeploy } from "./app/rollback-deploy";
import type { RollbackSettings } from "./domain/rollback-question";
import { RollbackEligibilityResolver } from "./graphql/rollback-eligibility.resolver";
import { RollbackResolver } from "./graphql/rollback.resolver";

export interface RollbacksModuleOptions {
  readonly config: Pick<Config, "deployments">;
  readonly clock: Clock;
  readonly metrics: RollbackMetrics;
  readonly catalogue: RuntimeCatalogue;
  readonly lookUpImage: LookUpImage;
  readonly checkBundle: CheckBundle;
  readonly deployments: DeploymentReadModel;
  readonly deploys: {
    readonly unitOfWork: UnitOfWork<DeployStores>;
    readonly readModel: RevisionReadModel;
    readonly bundles: RevisionBundles;
    readonly loaders: (context: GraphqlContext) => DeployLoaders;
  };
}

export function createRollbacksModule(options: RollbacksModuleOptions) {
  const { clock, metrics, catalogue, checkBundle, deployments } = options;
  const { unitOfWork, readModel, bundles, loaders } = options.deploys;
  const settings = settingsOf(options.config);
  const assess = new AssessRollback({ settings, catalogue, clock });
  const inspect = new InspectTarget({ readModel, deployments, bundles, images: options.lookUpImage, settings });
  const rollback = new RollbackDeploy({ unitOfWork, inspect, assess, clock, metrics });
  const plan = new PlanRollback({ readModel, bundles, inspect, assess, repositories: settings.defaultRepositories });
  const checkPresence = async (bundle: DagBundle) =>
    settings.dagTarballVersionValidation ? checkBundle.checkPresence(bundle) : null;
  return {
    rollback,
    resolvers: [
      new RollbackResolver({ plan, rollback }),
      new RollbackEligibilityResolver({ assess, checkPresence, loaders }),
    ],
  };
}

function settingsOf({ deployments }: Pick<Config, "deployments">): RollbackSettings {
  const { rollback } = deployments;
  return {
    rollbackEnabled: rollback.enabled,
    retentionDays: rollback.retentionDays,
    dagOnlyDeployment: deployments.dagOnlyDeployment,
    updateDeploymentImageEndpoint: deployments.updateDeploymentImageEndpoint,
    dagTarballVersionValidation: rollback.dagTarballVersionValidation,
    imageValidation: deployments.updateDeploymentImageDockerValidation,
    defaultRepositories: {
      runtime: deployments.defaultRuntimeRepository,
      airflow: deployments.defaultAirflowRepository,
    },
    requireDataLossAcknowledgement: rollback.requireDataLossAcknowledgement,
    allowAirflow3To2: rollback.allowAirflow3To2,
  };
}
