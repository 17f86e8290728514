// An exploration: results against each other, the Pareto front, and all points as a table.
import * as Plot from "@observablehq/plot";
import type { ExploredPoint, Points } from "./data";
import { scroller } from "./dom";
import { count, percent, short } from "./format";
import { sortable } from "./sortable";
import { chart, panel } from "./panel";
import { series } from "./palette";

const shares = new Set(["cell_utilization", "time_utilization", "retained_magnitude", "trained_top1", "top1"]);

function shown(name: string, value: number): string {
  return shares.has(name) ? percent(value, 2) : count(value);
}

function tick(name: string): (value: number) => string {
  return shares.has(name) ? (value) => percent(value) : short;
}

function about(points: Points, name: string): string {
  const column = points.columns.find((one) => one.name === name);
  return column?.unit ? `${name}, ${column.unit}` : name;
}

function settings(points: Points, row: ExploredPoint): string[] {
  return points.varied.map((name) => `${name} = ${row.settings[name] ?? ""}`);
}

function draw(points: Points, plot: Points["plots"][number], width: number): SVGSVGElement | HTMLElement {
  const x = (row: ExploredPoint): number => row.results[plot.x] ?? NaN;
  const y = (row: ExploredPoint): number => row.results[plot.y] ?? NaN;
  const rows = plot.points.flatMap((i) => points.rows[i] ?? []);
  const front = plot.front.flatMap((i) => points.rows[i] ?? []).sort((a, b) => x(a) - x(b));
  const paper = rows.filter((row) => row.paper);
  const says = (row: ExploredPoint): string => [`point ${row.index}${row.paper ? " (the paper's setting)" : ""}`, `${plot.x}: ${shown(plot.x, x(row))}`, `${plot.y}: ${shown(plot.y, y(row))}`, ...settings(points, row)].join("\n");
  return Plot.plot({
    width,
    height: Math.min(440, Math.max(280, width * 0.55)),
    marginLeft: 64,
    marginTop: 32,
    marginBottom: 48,
    style: { background: "none" },
    x: { label: about(points, plot.x), labelOffset: 42, grid: true, nice: true, tickFormat: tick(plot.x), ticks: Math.max(3, width / 110) },
    y: { label: about(points, plot.y), grid: true, nice: true, tickFormat: tick(plot.y) },
    marks: [
      Plot.line(front, { x, y, stroke: series(1), strokeWidth: 2, curve: "step-after" }),
      Plot.dot(rows, { x, y, r: 3.5, fill: series(0), fillOpacity: 0.65, ariaLabel: (row: ExploredPoint) => `point ${row.index}: ${x(row)}, ${y(row)}` }),
      Plot.dot(front, { x, y, r: 4.5, fill: series(1) }),
      Plot.dot(paper, { x, y, r: 9, stroke: "var(--ink)", strokeWidth: 1.5, ariaLabel: (row: ExploredPoint) => `the paper's setting: point ${row.index}` }),
      Plot.tip(rows, Plot.pointer({ x, y, title: says })),
    ],
  });
}

function all(points: Points): HTMLElement {
  const columns = [
    { label: "point", number: true },
    ...points.varied.map((name) => ({ label: name, number: false })),
    ...points.columns.map((column) => ({ label: column.name, number: true, title: `${column.sentence}${column.unit ? `, ${column.unit}` : ""}` })),
    ...(points.rows.some((row) => row.error) ? [{ label: "error" }] : []),
  ];
  const failed = points.rows.some((row) => row.error);
  const rows = points.rows.map((row) => [
    { text: String(row.index), key: row.index },
    ...points.varied.map((name) => {
      const value = row.settings[name] ?? "";
      return { text: value, key: value !== "" && Number.isFinite(Number(value)) ? Number(value) : value };
    }),
    ...points.columns.map((column) => {
      const value = row.results[column.name];
      return value === undefined ? { text: "–", key: Infinity } : { text: shown(column.name, value), key: value };
    }),
    ...(failed ? [{ text: row.error ?? "", key: row.error ?? "" }] : []),
  ]);
  return scroller("All points", sortable("All points", columns, rows));
}

export function explored(points: Points): HTMLElement[] {
  const paper = points.rows.some((row) => row.paper) ? " Black circles: the paper's setting." : "";
  const plots = points.plots.map((plot) =>
    chart(`plot-${plot.y}-${plot.x}`, `${plot.y} against ${plot.x}`, (width) => draw(points, plot, width), {
      columns: [{ label: "point on the front", number: true }, { label: plot.x, number: true }, { label: plot.y, number: true }],
      rows: plot.front.flatMap((i) => {
        const row = points.rows[i];
        return row ? [[String(row.index), shown(plot.x, row.results[plot.x] ?? NaN), shown(plot.y, row.results[plot.y] ?? NaN)]] : [];
      }),
    }),
  );
  const panels = [panel("points", "Points", "Sort by a column's head.", all(points))];
  if (plots.length > 0) panels.unshift(panel("pareto", "Pareto fronts", `Orange: points than which no other is better in both.${paper}`, ...plots));
  return panels;
}
