import type { ReactNode } from "react";
import type { LineFragment } from "../gql";
import type { IconName } from "../lib/icon-shapes";
import { ACTOR, type StatusWords, type Tone } from "../lib/words";
import { Icon } from "./icon";

/** Colour, icon and word: each of them would be enough. */
export function Status({ words }: { readonly words: StatusWords }) {
  return (
    <span className={`st ${words.tone}`}>
      <Icon name={words.icon} spin={words.icon === "ring"} />
      {words.word}
    </span>
  );
}

interface PillProps {
  readonly tone: Tone | "accent";
  readonly icon?: IconName;
  readonly children: ReactNode;
}

export function Pill({ tone, icon, children }: PillProps) {
  return (
    <span className={`pill ${tone}`}>
      {icon === undefined ? null : <Icon name={icon} spin={icon === "ring"} />}
      {children}
    </span>
  );
}

export function Who({ actor }: { readonly actor: LineFragment["createdBy"] }) {
  const { icon, word } = ACTOR[actor.type];
  return (
    <span className="who">
      <Icon name={icon} label={word} />
      <span className="name">{actor.label}</span>
    </span>
  );
}
