// Curves of experiments and of compared runs.
import * as Plot from "@observablehq/plot";
import type { Curve } from "./data";
import { h } from "./dom";
import { count, percent, short } from "./format";
import { chart, panel } from "./panel";
import { series } from "./palette";

type Mark = Curve["series"][number]["points"][number] & { readonly series: string; readonly index: number };

function shown(format: string): (value: number) => string {
  return format === "percent" ? (value) => percent(value, 2) : count;
}

function ticks(format: string): (value: number) => string {
  return format === "percent" ? (value) => percent(value) : short;
}

function draw(curve: Curve, width: number): SVGSVGElement | HTMLElement {
  const marks: Mark[] = curve.series.flatMap((one, index) => one.points.map((point) => ({ ...point, series: one.name, index })));
  const connected = marks.filter((mark) => curve.series[mark.index]?.line !== false).sort((a, b) => a.x - b.x);
  const places = [...new Set(marks.map((mark) => mark.x))];
  const few = curve.x.format === "number" && places.length < 16;
  return Plot.plot({
    width,
    height: Math.min(420, Math.max(280, width * 0.5)),
    marginLeft: 60,
    marginTop: 32,
    marginBottom: 48,
    style: { background: "none" },
    x: { label: curve.x.label, labelOffset: 42, grid: true, nice: true, tickFormat: ticks(curve.x.format), ticks: few ? places : Math.max(3, width / 110) },
    y: { label: curve.y.label, grid: true, nice: true, tickFormat: ticks(curve.y.format) },
    marks: [
      Plot.ruleX(marks.filter((mark) => mark.low !== undefined), { x: "x", y1: "low", y2: "high", stroke: (mark: Mark) => series(mark.index), strokeOpacity: 0.6 }),
      Plot.line(connected, { x: "x", y: "y", z: "series", stroke: (mark: Mark) => series(mark.index), strokeWidth: 2 }),
      Plot.dot(marks.filter((mark) => mark.paper), { x: "x", y: "y", r: 9, stroke: "var(--ink)", strokeWidth: 1.5, ariaLabel: (mark: Mark) => `the paper's setting: ${mark.x}, ${mark.y}` }),
      Plot.dot(marks, { x: "x", y: "y", r: 4, fill: (mark: Mark) => series(mark.index), ariaLabel: (mark: Mark) => `${mark.label ?? mark.series}: ${mark.x}, ${mark.y}` }),
      Plot.text(marks.filter((mark) => mark.label), { x: "x", y: "y", text: "label", dy: -12, fill: "var(--ink)" }),
      Plot.tip(marks, Plot.pointer({ x: "x", y: "y", title: (mark: Mark) => `${mark.label ?? mark.series}${mark.paper ? " (the paper's setting)" : ""}\n${curve.x.label}: ${shown(curve.x.format)(mark.x)}\n${curve.y.label}: ${shown(curve.y.format)(mark.y)}` })),
    ],
  });
}

export function curves(all: readonly Curve[]): HTMLElement {
  const paper = all.some((curve) => curve.series.some((one) => one.points.some((point) => point.paper)));
  return panel(
    "curves",
    "Results",
    paper ? "Circles: the paper's setting. Vertical lines: least to most of the runs." : "",
    ...all.map((curve, index) =>
      chart(
        `curve-${index}`,
        curve.title,
        (width) => draw(curve, width),
        {
          columns: [{ label: "series" }, { label: curve.x.label, number: true }, { label: curve.y.label, number: true }, { label: "least", number: true }, { label: "most", number: true }],
          rows: curve.series.flatMap((one) =>
            one.points.map((point) => [
              point.label ?? one.name,
              shown(curve.x.format)(point.x),
              shown(curve.y.format)(point.y),
              point.low === undefined ? "–" : shown(curve.y.format)(point.low),
              point.high === undefined ? "–" : shown(curve.y.format)(point.high),
            ]),
          ),
        },
        curve.series.length > 1 ? h("ul", { class: "legend" }, ...curve.series.map((one, i) => h("li", {}, h("span", { class: "swatch", style: `background:${series(i)}` }), one.name))) : undefined,
      ),
    ),
  );
}
