// The same network in other settings: what combining gains.
import * as Plot from "@observablehq/plot";
import { high, low, type Setting } from "./data";
import { count, energy, percent, short } from "./format";
import { h } from "./dom";
import { chart, panel } from "./panel";
import { series } from "./palette";

function wrapped(text: string): string {
  return text.length > 34 ? `${text.slice(0, 33)}…` : text;
}

function clocks(rows: readonly Setting[], width: number): SVGSVGElement | HTMLElement {
  return Plot.plot({
    width,
    height: 40 + 30 * rows.length,
    marginLeft: Math.min(230, width * 0.45),
    marginRight: 64,
    style: { background: "none" },
    x: { label: null, grid: true, tickFormat: short, ticks: 4 },
    y: { label: null, domain: rows.map((row) => row.setting), tickFormat: wrapped },
    marks: [
      Plot.barX(rows, { x: "interval", y: "setting", fill: series(0), insetTop: 4, insetBottom: 4, ariaLabel: (row: Setting) => `${row.setting}: ${row.interval}` }),
      Plot.text(rows, { x: "interval", y: "setting", text: (row: Setting) => count(row.interval), textAnchor: "start", dx: 5, fill: "var(--ink)" }),
    ],
  });
}

function joules(rows: readonly Setting[], width: number): SVGSVGElement | HTMLElement {
  return Plot.plot({
    width,
    height: 40 + 30 * rows.length,
    marginLeft: Math.min(230, width * 0.45),
    marginRight: 110,
    style: { background: "none" },
    x: { label: null, grid: true, zero: true, tickFormat: (v: number) => (v === 0 ? "0" : energy(v)), ticks: 3 },
    y: { label: null, domain: rows.map((row) => row.setting), tickFormat: wrapped },
    marks: [
      Plot.barX(rows, { x1: 0, x2: (row: Setting) => low(row.energy ?? 0), y: "setting", fill: series(1), insetTop: 4, insetBottom: 4, ariaLabel: (row: Setting) => `${row.setting}: ${low(row.energy ?? 0)}` }),
      Plot.barX(rows, { x1: (row: Setting) => low(row.energy ?? 0), x2: (row: Setting) => high(row.energy ?? 0), y: "setting", fill: series(1), fillOpacity: 0.4, insetTop: 4, insetBottom: 4 }),
      Plot.text(rows, { x: (row: Setting) => high(row.energy ?? 0), y: "setting", text: (row: Setting) => energy(row.energy ?? 0), textAnchor: "start", dx: 5, fill: "var(--ink)" }),
    ],
  });
}

export function comparison(rows: readonly Setting[]): HTMLElement {
  const costed = rows.filter((row) => row.energy !== undefined);
  const figures = [
    chart("comparison", "clocks from batch to batch", (width) => clocks(rows, width), {
      columns: [{ label: "setting" }, { label: "interval", number: true }, { label: "latency", number: true }, { label: "images a second", number: true }, { label: "cells with a weight", number: true }, { label: "array cells", number: true }],
      rows: rows.map((row) => [row.setting, count(row.interval), count(row.latency), count(row.frames_per_second), percent(row.cell_utilization), count(row.array_cells)]),
    }),
  ];
  if (costed.length > 0) {
    figures.push(
      chart("comparison-energy", "energy of an image, on the chip, known parts", (width) => joules(costed, width), {
        columns: [{ label: "setting" }, { label: "energy", number: true }],
        rows: costed.map((row) => [row.setting, energy(row.energy ?? 0)]),
      }),
    );
  }
  return panel("comparison-panel", "What combining gains", "The same trained network in other settings of the array, simulated. The pale end of a bar is the range.", h("div", { class: "two" }, ...figures));
}
