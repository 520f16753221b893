import { config, setting } from "./setting";
import { trueOrFalse, wholeNumber } from "./value-kinds";

export const notifications = {
  allowPrivateAddresses: setting({
    kind: trueOrFalse,
    default: false,
    values: [config("notifications.allowPrivateAddresses")],
    description:
      "Whether webhooks may call private, link-local and loopback addresses, and use http://. Whoever may configure a Workspace can then send requests into the network of the installation.",
  }),
  retentionDays: setting({
    kind: wholeNumber(1, 3_650),
    default: 30,
    values: [config("notifications.retentionDays")],
    description: "Days that the log of webhook deliveries is kept.",
  }),
};
