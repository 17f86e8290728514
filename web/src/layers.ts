// The layers, a row each, with what was said of them.
import { high, type Layer } from "./data";
import { h, scroller } from "./dom";
import { count, energy, percent } from "./format";
import { panel } from "./panel";
import { sortable, type Cell } from "./sortable";

function boundCell(bound: number | undefined): Cell {
  return { text: bound === undefined ? "–" : percent(bound), key: bound ?? -1 };
}

export function layers(rows: readonly Layer[]): HTMLElement {
  const clocks = rows.some((row) => row.clocks !== undefined);
  const joules = rows.some((row) => row.energy !== undefined);
  const bounds = rows.some((row) => row.retained_magnitude_bound !== undefined);
  const columns = [
    { label: "layer" },
    { label: "filters", number: true },
    { label: "columns", number: true },
    { label: "groups", number: true },
    { label: "nonzeros", number: true, title: "after combining, of those before" },
    { label: "utilization", number: true, title: "cells of the packed matrix that hold a weight" },
    { label: "kept", number: true, title: "share of the weights' magnitude" },
    ...(bounds ? [{ label: "at most", number: true, title: "what no grouping into as many groups can keep more than" }] : []),
    { label: "tiles", number: true, title: "after combining, and before" },
    { label: "fewer", number: true, title: "tiles before combining over tiles after" },
    ...(clocks ? [{ label: "clocks", number: true }] : []),
    ...(joules ? [{ label: "energy", number: true, title: "of an image, on the chip, known parts" }] : []),
  ];
  const cells = (row: Layer): Cell[] => [
    { text: row.name, key: row.name },
    { text: count(row.rows), key: row.rows },
    { text: count(row.columns), key: row.columns },
    { text: count(row.groups), key: row.groups },
    { text: `${count(row.nonzeros)} of ${count(row.nonzeros_before)}`, key: row.nonzeros },
    { text: percent(row.utilization), key: row.utilization },
    { text: percent(row.retained_magnitude), key: row.retained_magnitude },
    ...(bounds ? [boundCell(row.retained_magnitude_bound)] : []),
    { text: `${count(row.tiles)} (${count(row.tiles_before)})`, key: row.tiles },
    { text: row.tiles_gain === undefined ? "–" : `${row.tiles_gain.toFixed(2)}×`, key: row.tiles_gain ?? -1 },
    ...(clocks ? [{ text: row.clocks === undefined ? "–" : count(row.clocks), key: row.clocks ?? -1 }] : []),
    ...(joules ? [{ text: row.energy === undefined ? "–" : energy(row.energy), key: row.energy === undefined ? -1 : high(row.energy) }] : []),
  ];
  const said = rows.filter((row) => row.sentences.length > 0);
  return panel(
    "layers",
    "Layers",
    "Sort by a column's head.",
    scroller("Table of layers", sortable("Layers", columns, rows.map(cells))),
    said.length === 0 ? "" : h("dl", { class: "said" }, ...said.flatMap((row) => [h("dt", {}, row.name), ...row.sentences.map((sentence) => h("dd", {}, sentence))])),
  );
}
