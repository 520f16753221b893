import type { ReactNode } from "react";
import {
  Button,
  Dialog,
  DialogTrigger,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  type Selection,
} from "react-aria-components";
import type { DeployRevisionFilter } from "../../gql";
import type { IconName } from "../../lib/icon-shapes";
import { RANGES, statusesOf, typesOf, type HistorySearch } from "../../lib/search";
import { DEPLOY_TYPE, plural, STATUSES, statusWords } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { SearchField } from "../../parts/search-field";
import { useActors } from "./use-actors";

type Change = (change: (old: HistorySearch) => HistorySearch, replace?: boolean) => void;

interface FiltersProps {
  readonly search: HistorySearch;
  readonly count: number | undefined;
  readonly deploymentUuid: string;
  readonly filter: DeployRevisionFilter | null;
  readonly onChange: Change;
}

/** Sets a key of the address; an empty value takes it out. */
function withKey(search: HistorySearch, key: keyof HistorySearch, value: string): HistorySearch {
  const { [key]: _old, ...rest } = search;
  return value === "" ? rest : { ...rest, [key]: value };
}

interface Choice {
  readonly id: string;
  readonly word: string;
  readonly icon?: IconName;
}

interface ChoiceChipProps {
  readonly label: string;
  readonly icon: IconName;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly mode: "single" | "multiple";
  readonly onChoose: (ids: string[]) => void;
}

function ChoiceChip({ label, icon, choices, chosen, mode, onChoose }: ChoiceChipProps) {
  const words = chosen.map((id) => choices.find((choice) => choice.id === id)?.word ?? "one person");
  const choose = (selection: Selection): void =>
    onChoose(selection === "all" ? choices.map(({ id }) => id) : [...selection].map(String));
  return (
    <MenuTrigger>
      <Button className={chosen.length === 0 ? "chip" : "chip on"}>
        <Icon name={icon} />
        {words.length === 0 ? label : `${label}: ${words.join(", ")}`}
      </Button>
      <Popover placement="bottom start" className="popover">
        <Menu className="menu" aria-label={label} selectionMode={mode} selectedKeys={chosen} onSelectionChange={choose}>
          {choices.map(({ id, word, icon: own }) => (
            <MenuItem key={id} id={id} textValue={word} className="item">
              {({ isSelected }) => (
                <>
                  <span className={isSelected ? "tick on" : "tick"}>
                    <Icon name="check" />
                  </span>
                  {own === undefined ? null : <Icon name={own} />}
                  {word}
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function rangeWords({ since, from, to }: HistorySearch): string | null {
  if (since !== undefined) return `Last ${RANGES[since]?.word ?? since}`;
  if (from === undefined && to === undefined) return null;
  return `${from ?? "the beginning"} – ${to ?? "today"}`;
}

function TimeChip({ search, onChange }: { readonly search: HistorySearch; readonly onChange: Change }) {
  const words = rangeWords(search);
  const choose = (since: string): void =>
    onChange(({ from: _from, to: _to, since: _since, ...rest }) => (since === "" ? rest : { ...rest, since }));
  const setDay = (key: "from" | "to", day: string): void =>
    onChange(({ since: _since, ...rest }) => withKey(rest, key, day), true);
  return (
    <DialogTrigger>
      <Button className={words === null ? "chip" : "chip on"}>
        <Icon name="calendar" />
        {words ?? "When"}
      </Button>
      <Popover placement="bottom start" className="popover">
        <Dialog className="range" aria-label="When">
          <div className="seg" role="group" aria-label="Range">
            {Object.keys(RANGES).map((range) => (
              <button key={range} type="button" aria-pressed={search.since === range} onClick={() => choose(range)}>
                {range}
              </button>
            ))}
            <button type="button" aria-pressed={words === null} onClick={() => choose("")}>
              All
            </button>
          </div>
          <label>
            From
            <input type="date" value={search.from ?? ""} onChange={({ target }) => setDay("from", target.value)} />
          </label>
          <label>
            To
            <input type="date" value={search.to ?? ""} onChange={({ target }) => setDay("to", target.value)} />
          </label>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

const STATUS_CHOICES: readonly Choice[] = STATUSES.map((status) => {
  const { word, icon } = statusWords({ status, isCurrent: false });
  return { id: status, word, icon };
});
const TYPE_CHOICES: readonly Choice[] = Object.entries(DEPLOY_TYPE).map(([id, word]) => ({ id, word }));

export function Filters({ search, count, deploymentUuid, filter, onChange }: FiltersProps): ReactNode {
  const actors = useActors(deploymentUuid, filter, search.who);
  const set = (key: keyof HistorySearch, value: string, replace = false): void =>
    onChange((old) => withKey(old, key, value), replace);
  return (
    <div className="filters" role="search" aria-label="Filter the history">
      <SearchField
        placeholder="Description, tag or bundle"
        value={search.q ?? ""}
        onChange={(text) => set("q", text, true)}
      />
      <TimeChip search={search} onChange={onChange} />
      <ChoiceChip
        label="Status"
        icon="filter"
        choices={STATUS_CHOICES}
        chosen={statusesOf(search)}
        mode="multiple"
        onChoose={(ids) => set("status", ids.join(","))}
      />
      <ChoiceChip
        label="Who"
        icon="person"
        choices={actors}
        chosen={search.who === undefined ? [] : [search.who]}
        mode="single"
        onChoose={(ids) => set("who", ids[0] ?? "")}
      />
      <ChoiceChip
        label="Type"
        icon="layers"
        choices={TYPE_CHOICES}
        chosen={typesOf(search)}
        mode="multiple"
        onChoose={(ids) => set("type", ids.join(","))}
      />
      <button
        type="button"
        className={search.rollbacks === undefined ? "chip" : "chip on"}
        aria-pressed={search.rollbacks !== undefined}
        onClick={() => set("rollbacks", search.rollbacks === undefined ? "only" : "")}
      >
        <Icon name="back" />
        Rollbacks only
      </button>
      <span className="end" role="status">
        {count === undefined ? null : <span>{plural(count, "deploy")}</span>}
      </span>
    </div>
  );
}
