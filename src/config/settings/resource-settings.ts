import { deployments, setting } from "./setting";
import { componentLimits, trueOrFalse, wholeNumber } from "./value-kinds";

/** Defaults as in the platform's public default configuration. */
export const resources = {
  astroUnit: {
    cpu: setting({
      kind: wholeNumber(1, 1_000_000),
      default: 100,
      values: [deployments("resourceManagement.astroUnit.cpu"), deployments("astroUnit.cpu")],
      description: "Millicores of one Astro unit.",
    }),
    memory: setting({
      kind: wholeNumber(1, 1_000_000),
      default: 384,
      values: [deployments("resourceManagement.astroUnit.memory"), deployments("astroUnit.memory")],
      description: "Mi of one Astro unit.",
    }),
  },
  astroUnitsEnabled: setting({
    kind: trueOrFalse,
    default: true,
    values: [deployments("resourceProvisioningStrategy.astroUnitsEnabled")],
    description: "Let people give the resources of a Deployment in Astro units.",
  }),
  maxExtraAu: setting({
    kind: wholeNumber(0, 1_000_000),
    default: 400,
    values: [deployments("maxExtraAu")],
    description: "Most Astro units of extra capacity for pods that tasks start (`extra_au` among the properties).",
  }),
  components: setting({
    kind: componentLimits,
    default: [],
    values: [deployments("resourceManagement.components"), deployments("components")],
    description:
      "Limits of components, in the platform's form: `[{name: workers, au: {limit: 100}, extra: [{name: replicas, limit: 20}]}]`. What is not given stays at 100 Astro units each, 4 schedulers, 20 workers, 2 triggerers, and ten hours of grace for workers. In the environment, JSON.",
  }),
};
