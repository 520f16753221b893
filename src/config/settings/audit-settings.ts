import { config, setting } from "./setting";
import { wholeNumber } from "./value-kinds";

export const audit = {
  retentionDays: setting({
    kind: wholeNumber(1, 36_500),
    default: 365,
    values: [config("audit.retentionDays")],
    description: "Days that the audit trail is kept.",
  }),
};
