import { lazy, Suspense, useRef, useState, type ReactNode, type RefObject } from "react";
import type { DeployRevisionFilter } from "../../gql";
import type { IconName } from "../../lib/icon-shapes";
import { RANGES, statusesOf, typesOf, type HistorySearch } from "../../lib/search";
import { DEPLOY_TYPE, plural, STATUSES, statusWords } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { SearchField } from "../../parts/search-field";
import type { Choice } from "./choice";
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

const loadPanels = () => import("./filter-panels");
const ChoicePanel = lazy(async () => ({ default: (await loadPanels()).ChoicePanel }));
const TimePanel = lazy(async () => ({ default: (await loadPanels()).TimePanel }));

interface ChipProps {
  readonly icon: IconName;
  readonly isSet: boolean;
  readonly popup: "menu" | "dialog";
  readonly panel: (trigger: RefObject<HTMLElement | null>, onClose: () => void) => ReactNode;
  readonly children: ReactNode;
}

/** A filter's button. Its panel is loaded when the pointer or the focus comes near. */
function Chip({ icon, isSet, popup, panel, children }: ChipProps) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const load = (): void => void loadPanels();
  return (
    <>
      <button
        type="button"
        ref={trigger}
        className={isSet ? "chip on" : "chip"}
        aria-haspopup={popup}
        aria-expanded={open}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => setOpen(true)}
      >
        <Icon name={icon} />
        {children}
      </button>
      <Suspense>{open ? panel(trigger, () => setOpen(false)) : null}</Suspense>
    </>
  );
}

interface ChoiceChipProps {
  readonly label: string;
  readonly icon: IconName;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly mode: "single" | "multiple";
  readonly onChoose: (ids: string[]) => void;
}

function ChoiceChip({ icon, ...choice }: ChoiceChipProps) {
  const { label, choices, chosen } = choice;
  const words = chosen.map((id) => choices.find((one) => one.id === id)?.word ?? "one person");
  return (
    <Chip
      icon={icon}
      isSet={chosen.length > 0}
      popup="menu"
      panel={(trigger, onClose) => <ChoicePanel {...choice} trigger={trigger} onClose={onClose} />}
    >
      {words.length === 0 ? label : `${label}: ${words.join(", ")}`}
    </Chip>
  );
}

function rangeWords({ since, from, to }: HistorySearch): string | null {
  if (since !== undefined) return `Last ${RANGES[since]?.word ?? since}`;
  if (from === undefined && to === undefined) return null;
  return `${from ?? "the beginning"} – ${to ?? "today"}`;
}

function TimeChip({ search, onChange }: { readonly search: HistorySearch; readonly onChange: Change }) {
  const words = rangeWords(search);
  return (
    <Chip
      icon="calendar"
      isSet={words !== null}
      popup="dialog"
      panel={(trigger, onClose) => (
        <TimePanel
          search={search}
          onRange={(since) => onChange(({ from: _from, to: _to, ...rest }) => withKey(rest, "since", since))}
          onDay={(key, day) => onChange(({ since: _since, ...rest }) => withKey(rest, key, day), true)}
          trigger={trigger}
          onClose={onClose}
        />
      )}
    >
      {words ?? "When"}
    </Chip>
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
