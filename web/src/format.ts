// Numbers as people read them. Nothing is computed here but the choice of a unit.
import { high, low, type Figure } from "./data";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

export function count(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? whole.format(value) : three.format(value);
}

const four = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

/** For columns of any unit. */
export function number(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 10_000 ? whole.format(value) : four.format(value);
}

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

const units: readonly (readonly [number, string])[] = [
  [1e12, "J"],
  [1e9, "mJ"],
  [1e6, "µJ"],
  [1e3, "nJ"],
  [1, "pJ"],
];

/** Picojoules, in the unit that suits the larger end. */
export function energy(figure: Figure): string {
  const most = high(figure);
  const [scale, unit] = units.find(([size]) => most >= size) ?? [1, "pJ"];
  const from = three.format(low(figure) / scale);
  const to = three.format(most / scale);
  return `${from === to ? to : `${from} – ${to}`} ${unit}`;
}

export function range(figure: Figure, unit: string): string {
  if (unit === "pJ") return energy(figure);
  const from = count(low(figure));
  const to = count(high(figure));
  return `${from === to ? to : `${from} – ${to}`} ${unit}`;
}

/** Ticks of an axis: 12k, 1.5M. */
export function short(value: number): string {
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 4 }).format(value);
}

export function seconds(value: number): string {
  if (value < 60) return `${value.toFixed(0)} s`;
  return `${Math.floor(value / 60)} min ${(value % 60).toFixed(0)} s`;
}
