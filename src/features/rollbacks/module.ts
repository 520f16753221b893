import type { Config } from "../../config";
import type { GraphqlContext } from "../../infrastructure/graphql/context";
import type { Clock } from "../../kernel/clock";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import type { CheckBundle, DagBundle } from "../bundles";
import type { DeploymentReadModel } from "../deployments";
import type { DeployStores, RevisionBundles, RevisionReadModel } from "../deploys";
import type { DeployLoaders } from "../deploys/graphql";
import type { HoldReadModel, HoldSettings } from "../holds";
import type { HoldLoaders } from "../holds/graphql";
import type { LookUpImage } from "../registry";
import type { RuntimeCatalogue } from "../runtimes";
import { AssessRollback } from "./app/assess-rollback";
import { ChooseTarget } from "./app/choose-target";
import { InspectTarget } from "./app/inspect-target";
import { PlanRollback } from "./app/plan-rollback";
import type { RollbackMetrics } from "./app/ports";
import { QuarantineRevision } from "./app/quarantine-revision";
import { RestoreTarget } from "./app/restore-target";
import { RollbackDeploy } from "./app/rollback-deploy";
import { UndoRollback } from "./app/undo-rollback";
import type { RollbackSettings } from "./domain/rollback-question";
import { LastKnownGoodResolver } from "./graphql/last-known-good.resolver";
import { QuarantineRevisionResolver } from "./graphql/quarantine-revision.resolver";
import { RollbackEligibilityResolver } from "./graphql/rollback-eligibility.resolver";
import { RollbackSwitchResolver } from "./graphql/rollback-switch.resolver";
import { RollbackResolver } from "./graphql/rollback.resolver";

export interface RollbacksModuleOptions {
  readonly config: Pick<Config, "deployments">;
  readonly clock: Clock;
  readonly metrics: RollbackMetrics;
  readonly catalogue: RuntimeCatalogue;
  readonly lookUpImage: LookUpImage;
  readonly checkBundle: CheckBundle;
  readonly deployments: DeploymentReadModel;
  readonly holds: {
    readonly settings: HoldSettings;
    readonly readModel: HoldReadModel;
    readonly loaders: (context: GraphqlContext) => HoldLoaders;
  };
  readonly deploys: {
    readonly unitOfWork: UnitOfWork<DeployStores>;
    readonly readModel: RevisionReadModel;
    readonly bundles: RevisionBundles;
    readonly loaders: (context: GraphqlContext) => DeployLoaders;
  };
}

export function createRollbacksModule(options: RollbacksModuleOptions) {
  const { clock, metrics, catalogue, checkBundle, deployments, holds } = options;
  const { unitOfWork, readModel, bundles, loaders } = options.deploys;
  const settings = settingsOf(options.config);
  const assess = new AssessRollback({ settings, catalogue, clock });
  const inspect = new InspectTarget({ readModel, deployments, bundles, images: options.lookUpImage, settings });
  const restore = new RestoreTarget({ assess, holdSettings: holds.settings });
  const chooseTarget = new ChooseTarget({ readModel, holds: holds.readModel, bundles, inspect, assess });
  const rollback = new RollbackDeploy({ unitOfWork, readModel, chooseTarget, inspect, restore, clock, metrics });
  const plan = new PlanRollback({
    readModel,
    bundles,
    inspect,
    assess,
    holds: holds.readModel,
    chooseTarget,
    repositories: settings.defaultRepositories,
  });
  const undo = new UndoRollback({
    unitOfWork,
    readModel,
    inspect,
    restore,
    holdSettings: holds.settings,
    clock,
    metrics,
  });
  const quarantine = new QuarantineRevision({ unitOfWork, settings: holds.settings, clock });
  const checkPresence = async (bundle: DagBundle) =>
    settings.dagTarballVersionValidation ? checkBundle.checkPresence(bundle) : null;
  return {
    rollback,
    resolvers: [
      new RollbackResolver({ plan, rollback, undo }),
      new LastKnownGoodResolver({ readModel, assess, checkPresence, loaders, holdLoaders: holds.loaders }),
      new RollbackEligibilityResolver({ assess, checkPresence, loaders, holdLoaders: holds.loaders }),
      new QuarantineRevisionResolver({ quarantine, loaders, holdLoaders: holds.loaders }),
      new RollbackSwitchResolver(settings),
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
