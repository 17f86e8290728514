// Accuracy, nonzeros and utilization by epoch.
import * as Plot from "@observablehq/plot";
import type { Epoch } from "./data";
import { count, percent, short } from "./format";
import { chart, panel } from "./panel";
import { h } from "./dom";
import { series } from "./palette";

interface Line {
  readonly label: string;
  readonly colour: string;
  readonly dash?: string;
  readonly value: (epoch: Epoch) => number | null | undefined;
}

interface Measure {
  readonly id: string;
  readonly label: string;
  readonly lines: readonly Line[];
  readonly show: (value: number) => string;
  readonly tick: (value: number) => string;
  readonly domain?: readonly [number, number];
}

const measures: readonly Measure[] = [
  {
    id: "accuracy",
    label: "top-1 accuracy",
    lines: [
      { label: "test", colour: series(0), value: (e) => e.test_top1 },
      { label: "validation", colour: series(1), dash: "5 3", value: (e) => e.validation_top1 },
    ],
    show: (v) => percent(v, 2),
    tick: (v) => percent(v),
  },
  { id: "nonzeros", label: "nonzero weights", lines: [{ label: "nonzeros", colour: series(2), value: (e) => e.nonzeros }], show: count, tick: short },
  { id: "utilization", label: "utilization efficiency", lines: [{ label: "utilization", colour: series(4), value: (e) => e.utilization }], show: (v) => percent(v), tick: (v) => percent(v, 0), domain: [0, 1] },
];

function draw(measure: Measure, rows: readonly Epoch[], width: number): SVGSVGElement | HTMLElement {
  const points = measure.lines.flatMap((line) =>
    rows.flatMap((row) => {
      const value = line.value(row);
      return value === null || value === undefined ? [] : [{ epoch: row.epoch, value, line }];
    }),
  );
  return Plot.plot({
    width,
    height: 240,
    marginLeft: 56,
    marginBottom: 42,
    style: { background: "none" },
    x: { label: "epoch", labelOffset: 38, ticks: rows.map((row) => row.epoch).filter((_, i) => rows.length < 16 || i % Math.ceil(rows.length / 12) === 0), tickFormat: (e: number) => String(e) },
    y: { label: null, grid: true, nice: true, tickFormat: measure.tick, ticks: 5, ...(measure.domain ? { domain: measure.domain } : {}) },
    marks: [
      Plot.ruleX(rows.filter((row) => row.pruned), { x: "epoch", stroke: "var(--muted)", strokeDasharray: "2 4", ariaLabel: (row: Epoch) => `epoch ${row.epoch} pruned` }),
      ...measure.lines.map((line) =>
        Plot.line(points.filter((p) => p.line === line), { x: "epoch", y: "value", stroke: line.colour, strokeWidth: 2, ...(line.dash ? { strokeDasharray: line.dash } : {}) }),
      ),
      Plot.dot(points, {
        x: "epoch",
        y: "value",
        r: 3,
        fill: (p: (typeof points)[number]) => p.line.colour,
        ariaLabel: (p: (typeof points)[number]) => `epoch ${p.epoch}, ${p.line.label}: ${p.value}`,
      }),
      Plot.tip(points, Plot.pointerX({ x: "epoch", y: "value", title: (p: (typeof points)[number]) => `epoch ${p.epoch}\n${p.line.label} ${measure.show(p.value)}` })),
    ],
  });
}

export function training(epochs: { readonly weights: number; readonly rows: readonly Epoch[] }): HTMLElement {
  const { rows } = epochs;
  const figures = measures.map((measure) => {
    const lines = measure.lines.filter((line) => rows.some((row) => typeof line.value(row) === "number"));
    const present = { ...measure, lines };
    const legend =
      lines.length > 1 ? h("ul", { class: "legend" }, ...lines.map((line) => h("li", {}, h("span", { class: "swatch line", style: `background:${line.colour}` }), line.label))) : undefined;
    return chart(
      measure.id,
      measure.label,
      (width) => draw(present, rows, width),
      {
        columns: [{ label: "epoch", number: true }, ...lines.map((line) => ({ label: line.label, number: true })), { label: "pruned" }],
        rows: rows.map((row) => [
          String(row.epoch),
          ...lines.map((line) => {
            const value = line.value(row);
            return typeof value === "number" ? measure.show(value) : "–";
          }),
          row.pruned ? "yes" : "",
        ]),
      },
      legend,
    );
  });
  return panel("training", "Training", `Dotted lines mark the epochs in which weights were pruned; ${count(epochs.weights)} convolution weights before the first.`, h("div", { class: "three" }, ...figures));
}
