import { config, optionalSetting, setting } from "./setting";
import { emailAddress, filePath, oneTimeSecret, roleOverrides, trueOrFalse, wholeNumber } from "./value-kinds";

export const auth = {
  localEnabled: setting({
    kind: trueOrFalse,
    default: true,
    values: [config("auth.local.enabled")],
    description:
      "Sign in by password. On here, where it is the only way to sign in; the 0.35 platform has it off by default.",
  }),
  publicSignups: setting({
    kind: trueOrFalse,
    default: false,
    values: [config("publicSignups.enabled")],
    env: ["PUBLIC_SIGNUPS"],
    description: "Let anybody sign up; otherwise people come by invitation.",
  }),
  emailConfirmation: setting({
    kind: trueOrFalse,
    default: true,
    values: [config("emailConfirmation.enabled")],
    env: ["EMAIL_CONFIRMATION"],
    description:
      "Who signs up by himself waits until an administrator has confirmed the address (verifyEmail); no mail is sent.",
  }),
  bootstrapToken: optionalSetting({
    kind: oneTimeSecret,
    values: [config("auth.bootstrap.token")],
    env: ["BOOTSTRAP_TOKEN"],
    secret: "whole",
    description:
      "The secret by which the first user becomes SYSTEM_ADMIN. Without one the start makes it, and prints it while there is no user.",
  }),
  bootstrapAdminEmail: optionalSetting({
    kind: emailAddress,
    values: [config("auth.bootstrap.adminEmail")],
    env: ["BOOTSTRAP_ADMIN_EMAIL"],
    description:
      "The address whose holder becomes the first SYSTEM_ADMIN by signing in through a provider, without that secret.",
  }),
  userManagement: setting({
    kind: trueOrFalse,
    default: true,
    values: [config("userManagement.enabled")],
    description: "Let people in who are in no Team; false refuses them when they sign in through a provider.",
  }),
  openDirectory: setting({
    kind: trueOrFalse,
    default: false,
    values: [config("openDirectory.enabled")],
    env: ["OPEN_DIRECTORY"],
    description:
      "Let admins of Workspaces and Deployments find all Teams, and add any user or Team, as on the 0.35 platform; otherwise those with whom they share a Workspace or a Team.",
  }),
  sessionMs: setting({
    kind: wholeNumber(1000, 31_536_000_000),
    default: 86_400_000,
    values: [config("jwt.authDuration")],
    description: "Milliseconds until a person has to sign in again.",
  }),
  signingKeyPath: optionalSetting({
    kind: filePath,
    values: [config("jwt.certPath")],
    description: "Key that signs tokens: a folder with tls.key, or a PEM file.",
  }),
  previousSigningKeyPath: optionalSetting({
    kind: filePath,
    values: [config("jwt.previousCertPath")],
    description:
      "The key that signed before `auth.signingKeyPath`: sessions that it has signed go on until they end. A folder with tls.key, or a PEM file.",
  }),
  signUps: {
    perAddress: setting({
      kind: wholeNumber(1, 100_000),
      default: 20,
      values: [config("auth.local.signUps.perAddress")],
      description: "Accounts that one address (IPv6: one /64 network) may sign up before it has to wait.",
    }),
    total: setting({
      kind: wholeNumber(1, 1_000_000),
      default: 500,
      values: [config("auth.local.signUps.total")],
      description: "Accounts that all addresses together may sign up before everybody has to wait.",
    }),
    windowSeconds: setting({
      kind: wholeNumber(1, 86_400),
      default: 3600,
      values: [config("auth.local.signUps.windowSeconds")],
      description: "Seconds over which sign-ups are counted.",
    }),
  },
  loginAttempts: {
    perAccount: setting({
      kind: wholeNumber(1, 100_000),
      default: 10,
      values: [config("auth.local.loginAttempts.perAccount")],
      description:
        "Failed sign-ins to one account from one network before further ones there have to wait; from all networks that the account has not signed in from, five times as many.",
    }),
    perAddress: setting({
      kind: wholeNumber(1, 100_000),
      default: 50,
      values: [config("auth.local.loginAttempts.perAddress")],
      description:
        "Failed sign-ins from one address (IPv6: one /64 network), at accounts that have not signed in from there, before further ones have to wait.",
    }),
    windowSeconds: setting({
      kind: wholeNumber(1, 86_400),
      default: 900,
      values: [config("auth.local.loginAttempts.windowSeconds")],
      description:
        "The longest wait in seconds: it begins with 5 s and doubles with each failure. Failures are forgotten a day after the last one.",
    }),
  },
};

export const serviceAccounts = {
  enabled: setting({
    kind: trueOrFalse,
    default: true,
    values: [config("serviceAccounts.enabled")],
    description: "Accept the keys of service accounts.",
  }),
  showFirstChars: setting({
    kind: wholeNumber(0, 12),
    default: 6,
    values: [config("serviceAccounts.showFirstChars")],
    description: "Characters of a key, behind its prefix, that stay readable after it has been shown once.",
  }),
  maxKeyAgeDays: optionalSetting({
    kind: wholeNumber(1, 3650),
    values: [config("serviceAccounts.maxKeyAgeDays")],
    description:
      "Max age of keys in days, of those made before it was set too: older ones are refused. Without it keys end only at their own `expiresAt`.",
  }),
};

export const roles = setting({
  kind: roleOverrides,
  default: {},
  values: [config("roles")],
  description: "Permissions that a role gains (true) or loses (false) against its default.",
});
