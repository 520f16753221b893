import { DeployHistory1764000000000 } from "./1764000000000-deploy-history";
import { DagBundles1764100000000 } from "./1764100000000-dag-bundles";
import { AuditTrail1764200000000 } from "./1764200000000-audit-trail";
import { Teams1764300000000 } from "./1764300000000-teams";
import { PeopleAndTeams1764400000000 } from "./1764400000000-people-and-teams";
import { Namespaces1764600000000 } from "./1764600000000-namespaces";
import { Identities1764900000000 } from "./1764900000000-identities";
import { SigningKeysByPurpose1765000000000 } from "./1765000000000-signing-keys-by-purpose";
import { RegistryPushes1765100000000 } from "./1765100000000-registry-pushes";
import { AuditIndexes1765200000000 } from "./1765200000000-audit-indexes";
import { AuditExport1765300000000 } from "./1765300000000-audit-export";
import { RolloutOutages1766410000000 } from "./1766410000000-rollout-outages";
import { RefusedLines1766420000000 } from "./1766420000000-refused-lines";
import { RefusedAuditLines1766430000000 } from "./1766430000000-refused-audit-lines";
import { WorkerLeases1795823500000 } from "./1795823500000-worker-leases";
import { Installation1795824000000 } from "./1795824000000-installation";
import { InstallationPlaces1795824500000 } from "./1795824500000-installation-places";
import { RolloutSteps1795825000000 } from "./1795825000000-rollout-steps";
import { Invitations1795900200000 } from "./1795900200000-invitations";
import { EndedSessions1796000100000 } from "./1796000100000-ended-sessions";
import { ContentHolds1796000200000 } from "./1796000200000-content-holds";
import { KeyExpiry1797000200000 } from "./1797000200000-key-expiry";
import { DeploySources1797000400000 } from "./1797000400000-deploy-sources";
import { SigningKeyRotation1797000200100 } from "./1797000200100-signing-key-rotation";
import { FormerReleaseNames1797000300000 } from "./1797000300000-former-release-names";
import { Webhooks1797000600000 } from "./1797000600000-webhooks";

/** Every migration, oldest first. A merged one is never edited. */
export const migrations = [
  DeployHistory1764000000000,
  DagBundles1764100000000,
  AuditTrail1764200000000,
  Teams1764300000000,
  PeopleAndTeams1764400000000,
  Namespaces1764600000000,
  Identities1764900000000,
  SigningKeysByPurpose1765000000000,
  RegistryPushes1765100000000,
  AuditIndexes1765200000000,
  AuditExport1765300000000,
  RolloutOutages1766410000000,
  RefusedLines1766420000000,
  RefusedAuditLines1766430000000,
  WorkerLeases1795823500000,
  Installation1795824000000,
  InstallationPlaces1795824500000,
  RolloutSteps1795825000000,
  Invitations1795900200000,
  EndedSessions1796000100000,
  ContentHolds1796000200000,
  KeyExpiry1797000200000,
  DeploySources1797000400000,
  SigningKeyRotation1797000200100,
  FormerReleaseNames1797000300000,
  Webhooks1797000600000,
];
