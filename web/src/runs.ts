// Runs beside each other, and in what they differ.
import { high, type Runs } from "./data";
import { scroller, table } from "./dom";
import { count, energy, percent } from "./format";
import { panel } from "./panel";
import { sortable } from "./sortable";

export function runs(data: Runs): HTMLElement[] {
  const optional = (value: number | undefined): { text: string; key: number } => (value === undefined ? { text: "–", key: Infinity } : { text: count(value), key: value });
  const panels = [
    panel(
      "runs",
      "Runs",
      "Sort by a column's head.",
      scroller(
        "Table of runs",
        sortable(
          "Runs",
          [{ label: "run" }, { label: "data set" }, { label: "array" }, { label: "top-1", number: true }, { label: "nonzeros", number: true }, { label: "groups", number: true }, { label: "tiles", number: true }, { label: "utilization", number: true }, { label: "clocks per batch", number: true }, { label: "energy", number: true }],
          data.rows.map((row) => [
            { text: row.name, key: row.name },
            { text: row.dataset, key: row.dataset },
            { text: row.array ?? "–", key: row.array ?? "" },
            { text: percent(row.top1, 2), key: row.top1 },
            { text: count(row.nonzeros), key: row.nonzeros },
            { text: count(row.groups), key: row.groups },
            { text: count(row.tiles), key: row.tiles },
            { text: percent(row.utilization), key: row.utilization },
            optional(row.interval),
            row.energy === undefined ? { text: "–", key: Infinity } : { text: energy(row.energy), key: high(row.energy) },
          ]),
        ),
      ),
    ),
  ];
  if (data.differences.length > 0) {
    panels.push(
      panel(
        "differences",
        "In what they differ",
        "Of all that decides a run's numbers, what is not the same.",
        scroller("Differences", table("Differences", [{ label: "name" }, ...data.rows.map((row) => ({ label: row.name }))], data.differences.map((row) => [row.name, ...row.values.map((value) => value ?? "–")]))),
      ),
    );
  }
  return panels;
}
