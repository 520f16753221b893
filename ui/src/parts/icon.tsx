import type { ReactNode } from "react";
import { SHAPES, type IconName, type Shape } from "../lib/icon-shapes";

function draw(shape: Shape, key: number): ReactNode {
  if (typeof shape === "string") return <path key={key} d={shape} />;
  if ("circle" in shape) {
    const [cx, cy, r] = shape.circle;
    return <circle key={key} cx={cx} cy={cy} r={r} />;
  }
  if ("ellipse" in shape) {
    const [cx, cy, rx, ry] = shape.ellipse;
    return <ellipse key={key} cx={cx} cy={cy} rx={rx} ry={ry} />;
  }
  const [x, y, width, height, rx] = shape.rect;
  return <rect key={key} x={x} y={y} width={width} height={height} rx={rx} />;
}

interface IconProps {
  readonly name: IconName;
  /** For screen readers, where no text beside it says the same. */
  readonly label?: string;
  readonly spin?: boolean;
}

export function Icon({ name, label, spin = false }: IconProps) {
  const shapes: readonly Shape[] = SHAPES[name];
  return (
    <svg
      className={spin ? "i spin" : "i"}
      viewBox="0 0 24 24"
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      {shapes.map(draw)}
    </svg>
  );
}

export function Mark() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <path d="M20.5 12a8.5 8.5 0 1 1-3.1-6.56" />
      <path d="M17.9 1.6v4.2h-4.2" strokeLinejoin="round" />
      <circle cx="12" cy="12" r="2.4" fill="currentColor" stroke="none" />
    </svg>
  );
}
