import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import { Conflict } from "../../../kernel/errors";
import { checkLabel } from "../../../kernel/text";
import type { Team } from "../domain/accounts";
import { keepAdmins } from "./keep-admins";
import type { AdminStores, TeamStores } from "./team-ports";

export interface SyncTeamMembershipsCommand {
  readonly userId: string;
  /** Whose groups these are: the short name of a provider of single sign-on. */
  readonly provider: string;
  readonly teamNames: readonly string[];
  /** Whether a Team is made for a name that has none yet; without it such names are passed over. */
  readonly createMissing: boolean;
}

export interface SyncedTeams {
  readonly joined: readonly Team[];
  readonly left: readonly Team[];
  /** Teams that the user was not removed from, as their last administrator. */
  readonly kept: readonly Team[];
}

/**
 * Makes a user a member of exactly those of a provider's Teams that are named, inside the caller's
 * transaction. Local Teams, and those of other providers, are left alone, whatever their names.
 * The last administrator stays in the Team that makes him one, until there is another.
 * @throws InvalidInput if a name cannot be a Team's
 */
export async function syncTeamMemberships(
  { teams, admins }: { readonly teams: TeamStores; readonly admins: AdminStores },
  clock: Clock,
  { userId, provider, teamNames, createMissing }: SyncTeamMembershipsCommand,
): Promise<SyncedTeams> {
  const names = [...new Set(teamNames.map((name) => checkLabel(name, "name")))].sort();
  const present = (await teams.teamsOfUser(userId)).filter((team) => team.provider === provider);
  const named = await teams.findTeamsByName(provider, names);
  if (createMissing) {
    for (const name of names.filter((one) => !named.some((team) => team.name.normalize("NFC") === one)))
      named.push(await createTeam(teams, clock, provider, name));
  }
  const joined = named.filter(({ id }) => !present.some((team) => team.id === id));
  for (const { id } of joined) await teams.addMembers(id, [userId]);

  const left: Team[] = [];
  const kept: Team[] = [];
  for (const team of present.filter(({ id }) => !named.some((one) => one.id === id))) {
    const gone = await leave(teams, admins, team, userId);
    (gone ? left : kept).push(team);
  }
  return { joined, left, kept };
}

/** Waits for a transaction that creates the same Team, and then uses that one. */
async function createTeam(teams: TeamStores, clock: Clock, provider: string, name: string): Promise<Team> {
  const now = clock();
  const team: Team = { id: newId(), name, description: null, provider, createdAt: now, updatedAt: now };
  if (await teams.addTeamUnlessThere(team)) return team;
  const [present] = await teams.findTeamsByName(provider, [name]);
  if (present === undefined) throw new Conflict(`The Team ${JSON.stringify(name)} is being removed: try again`);
  return present;
}

async function leave(teams: TeamStores, admins: AdminStores, team: Team, userId: string): Promise<boolean> {
  try {
    await keepAdmins(admins, [{ teamId: team.id }], () => teams.removeMembers(team.id, [userId]));
    return true;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    // It is done already; the transaction goes on.
    await teams.addMembers(team.id, [userId]);
    return false;
  }
}
