// The same network in other settings: what combining gains.
import * as Plot from "@observablehq/plot";
import { high, low, type Setting } from "./data";
import { count, energy, percent, short } from "./format";
import { h } from "./dom";
import { chart, panel } from "./panel";
import { series } from "./palette";

const narrow = 520;

/** Names of the settings: left of the bars or, where that is too narrow, above them. */
function frame(rows: readonly Setting[], width: number): { options: Plot.PlotOptions; names: Plot.Markish[] } {
  const above = width < narrow;
  const cut = (name: string): string => (name.length > 34 ? `${name.slice(0, 33)}…` : name);
  return {
    options: {
      width,
      height: 40 + (above ? 46 : 30) * rows.length,
      marginLeft: above ? 8 : Math.min(230, width * 0.45),
      style: { background: "none" },
      y: { label: null, domain: rows.map((row) => row.setting), axis: above ? null : "left", tickFormat: cut },
    },
    names: above ? [Plot.text(rows, { x: 0, y: "setting", text: "setting", textAnchor: "start", dy: -17, fill: "var(--ink)" })] : [],
  };
}

function insets(width: number): { insetTop: number; insetBottom: number } {
  return width < narrow ? { insetTop: 16, insetBottom: 4 } : { insetTop: 4, insetBottom: 4 };
}

function clocks(rows: readonly Setting[], width: number): SVGSVGElement | HTMLElement {
  const { options, names } = frame(rows, width);
  const dy = width < narrow ? 6 : 0;
  return Plot.plot({
    ...options,
    marginRight: 64,
    x: { label: null, grid: true, tickFormat: short, ticks: 4 },
    marks: [
      Plot.barX(rows, { x: "interval", y: "setting", fill: series(0), ...insets(width), ariaLabel: (row: Setting) => `${row.setting}: ${row.interval}` }),
      Plot.text(rows, { x: "interval", y: "setting", text: (row: Setting) => count(row.interval), textAnchor: "start", dx: 5, dy, fill: "var(--ink)" }),
      ...names,
    ],
  });
}

function joules(rows: readonly Setting[], width: number): SVGSVGElement | HTMLElement {
  const { options, names } = frame(rows, width);
  const dy = width < narrow ? 6 : 0;
  return Plot.plot({
    ...options,
    marginRight: 110,
    x: { label: null, grid: true, zero: true, tickFormat: (v: number) => (v === 0 ? "0" : energy(v)), ticks: width < narrow ? 2 : 3 },
    marks: [
      Plot.barX(rows, { x1: 0, x2: (row: Setting) => low(row.energy ?? 0), y: "setting", fill: series(1), ...insets(width), ariaLabel: (row: Setting) => `${row.setting}: ${low(row.energy ?? 0)}` }),
      Plot.barX(rows, { x1: (row: Setting) => low(row.energy ?? 0), x2: (row: Setting) => high(row.energy ?? 0), y: "setting", fill: series(1), fillOpacity: 0.4, ...insets(width) }),
      Plot.text(rows, { x: (row: Setting) => high(row.energy ?? 0), y: "setting", text: (row: Setting) => energy(row.energy ?? 0), textAnchor: "start", dx: 5, dy, fill: "var(--ink)" }),
      ...names,
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
