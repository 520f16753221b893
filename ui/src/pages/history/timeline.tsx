import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { activityOf, lastDays, rangeOf, type ActivityDay } from "../../lib/activity";
import { nowStore } from "../../lib/now";
import { activityQuery, MAX_ACTIVITY } from "../../lib/queries";
import { RANGES, type HistorySearch } from "../../lib/search";
import { zoneStore } from "../../lib/settings";
import { useStore } from "../../lib/store";
import { day as dayWords } from "../../lib/time";
import { plural } from "../../lib/words";

const SPANS: readonly (readonly [days: number, word: string])[] = [
  [30, "30 d"],
  [90, "90 d"],
  [365, "1 y"],
];
const HEIGHT = 42;
const HOUR_MS = 3_600_000;
/** Labels under the days. */
const LABELS = 4;

const isNarrow = (): boolean => matchMedia("(max-width: 640px)").matches;

interface TimelineProps {
  readonly deploymentUuid: string;
  readonly search: HistorySearch;
  /** Undefined is no limit on that side. */
  readonly onRange: (from: string | undefined, to: string | undefined) => void;
}

/** Deploys by day; two thumbs choose the days that the history shows. */
export function Timeline({ deploymentUuid, search, onRange }: TimelineProps) {
  const [span, setSpan] = useState(() => (isNarrow() ? 30 : 90));
  const [dragged, setDragged] = useState<number[] | null>(null);
  const today = lastDays(1, useStore(nowStore))[0] ?? "";
  const zone = useStore(zoneStore);
  const days = useMemo(() => lastDays(span, Date.now()), [span, today]);
  const { data } = useQuery(activityQuery(deploymentUuid, days[0] ?? ""));
  const activity = useMemo(() => activityOf(days, data?.lines ?? []), [days, data]);
  const hours = search.since === undefined ? undefined : RANGES[search.since]?.hours;
  const chosen = rangeOf(days, {
    ...(search.from === undefined ? {} : { from: search.from }),
    ...(search.to === undefined ? {} : { to: search.to }),
    ...(hours === undefined ? {} : { sinceMs: hours * HOUR_MS }),
  });
  const [begin = 0, end = span] = dragged ?? chosen;
  const words = (index: number): string => dayWords(`${days[index] ?? today}T12:00:00`, zone, Date.now());

  // What was chosen stays until the address says the same: keys come faster than it changes.
  useEffect(() => setDragged(null), [search.from, search.to, search.since, span]);
  const choose = ([low = 0, high = span]: number[]): void => {
    // One day at least.
    const first = Math.min(low, span - 1);
    const last = Math.max(high, first + 1);
    setDragged([first, last]);
    onRange(first === 0 ? undefined : days[first], last >= span ? undefined : days[last - 1]);
  };

  return (
    <section className="card timeline" aria-label="Deploys over time">
      <div className="row">
        <h2>Over time</h2>
        <div className="seg" role="group" aria-label="Days shown">
          {SPANS.map(([count, word]) => (
            <button key={count} type="button" aria-pressed={span === count} onClick={() => setSpan(count)}>
              {word}
            </button>
          ))}
        </div>
        <p className="key">
          <span className="k deployed">Deployed</span> <span className="k failed">Failed</span>{" "}
          <span className="k rollback">Rollback</span>
        </p>
      </div>
      <Slider
        className="slider"
        aria-label="Days shown in the history"
        minValue={0}
        maxValue={span}
        value={[begin, end]}
        onChange={setDragged}
        onChangeEnd={choose}
      >
        <SliderTrack className="track">
          <Bars activity={activity} />
          <div
            className="chosen"
            style={{ left: `${(begin / span) * 100}%`, width: `${((end - begin) / span) * 100}%` }}
          />
          <SliderThumb index={0} className="thumb" aria-label={`From ${words(begin)}`} />
          <SliderThumb index={1} className="thumb" aria-label={`To ${words(Math.max(0, end - 1))}`} />
        </SliderTrack>
      </Slider>
      <div className="days" aria-hidden="true">
        {Array.from({ length: LABELS }, (_, index) => (
          <span key={index}>{words(Math.round((index * (span - 1)) / LABELS))}</span>
        ))}
        <span>Today</span>
      </div>
      {data?.isCut === true ? (
        <p className="quiet cut">Only the newest {plural(MAX_ACTIVITY, "deploy")} of this time are drawn.</p>
      ) : null}
    </section>
  );
}

const KINDS = ["deployed", "rollbacks", "failed"] as const;

/** Stacked by day; at least two pixels high, so that a single deploy beside a busy day is seen. */
function Bars({ activity }: { readonly activity: readonly ActivityDay[] }) {
  const most = Math.max(4, ...activity.map(({ deployed, failed, rollbacks }) => deployed + failed + rollbacks));
  const count = activity.length;
  return (
    <svg className="bars" viewBox={`0 0 ${count} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {activity.flatMap((day, index) => {
        let top = HEIGHT;
        return KINDS.map((kind) => {
          const height = day[kind] === 0 ? 0 : Math.max(2, (day[kind] / most) * (HEIGHT - 2));
          top -= height;
          return height === 0 ? null : (
            <rect key={`${day.day} ${kind}`} className={kind} x={index + 0.12} y={top} width={0.76} height={height} />
          );
        });
      })}
    </svg>
  );
}
