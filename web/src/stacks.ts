// Where clocks, bytes and energy go, layer by layer.
import * as Plot from "@observablehq/plot";
import { high, low, type Stack, type StackRow, type Term } from "./data";
import { h } from "./dom";
import { energy, range, short } from "./format";
import { chart, panel } from "./panel";
import { series } from "./palette";

interface Bar {
  readonly row: StackRow;
  readonly term: Term;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

function bars(stack: Stack): Bar[] {
  return stack.rows.flatMap((row) => {
    let from = 0;
    return stack.terms.map((term, index) => {
      const value = row.values[index];
      const to = from + (value === undefined ? 0 : low(value));
      const bar = { row, term, index, from, to };
      from = to;
      return bar;
    });
  });
}

/** What a term is made of: its sentence, or each part with its formula. */
function explanation(stack: Stack, bar: Bar): string {
  const value = bar.row.values[bar.index] ?? 0;
  const lines = [`${bar.row.name}: ${bar.term.label}`, range(value, stack.unit)];
  if (bar.term.sentence) lines.push(bar.term.sentence);
  for (const [name, least, most] of bar.row.parts?.[bar.index] ?? []) {
    if (most === 0) continue;
    const formula = bar.term.parts?.find((part) => part.name === name)?.formula ?? "";
    lines.push(`${name} = ${formula}: ${energy([least, most])}`);
  }
  return lines.join("\n");
}

function tick(stack: Stack): (value: number) => string {
  return stack.unit === "pJ" ? (value) => (value === 0 ? "0" : energy(value)) : short;
}

function draw(stack: Stack, width: number): SVGSVGElement | HTMLElement {
  const data = bars(stack).filter((bar) => bar.to > bar.from);
  const names = stack.rows.map((row) => row.name);
  const longest = Math.max(...names.map((name) => name.length));
  return Plot.plot({
    width,
    height: 46 + 24 * names.length,
    marginLeft: Math.min(width / 3, 16 + 6.6 * longest),
    marginRight: 24,
    style: { background: "none" },
    x: { label: null, grid: true, tickFormat: tick(stack), ticks: Math.max(3, width / 120) },
    y: { label: null, domain: names, tickFormat: (name: string) => (name.length > width / 20 ? `${name.slice(0, width / 20)}…` : name) },
    marks: [
      Plot.barX(data, {
        x1: "from",
        x2: "to",
        y: (bar: Bar) => bar.row.name,
        fill: (bar: Bar) => series(bar.index),
        insetTop: 2,
        insetBottom: 2,
        ariaLabel: (bar: Bar) => `${bar.row.name}, ${bar.term.label}: ${low(bar.row.values[bar.index] ?? 0)}`,
      }),
      Plot.ruleY(
        stack.rows.filter((row) => row.total !== undefined && high(row.total) > low(row.total)),
        { y: "name", x1: (row: StackRow) => low(row.total ?? 0), x2: (row: StackRow) => high(row.total ?? 0), stroke: "var(--ink)", strokeWidth: 1.5, marker: "tick" },
      ),
      Plot.tip(data, Plot.pointer({ x: (bar: Bar) => (bar.from + bar.to) / 2, y: (bar: Bar) => bar.row.name, title: (bar: Bar) => explanation(stack, bar), lineWidth: 36 })),
    ],
  });
}

function legend(stack: Stack): HTMLElement {
  const used = stack.terms.map((_, i) => stack.rows.some((row) => low(row.values[i] ?? 0) > 0));
  return h(
    "ul",
    { class: "legend" },
    ...stack.terms.flatMap((term, i) => (used[i] ? [h("li", { title: term.sentence ?? term.parts?.map((part) => `${part.name} = ${part.formula}`).join("\n") }, h("span", { class: "swatch", style: `background:${series(i)}` }), term.label)] : [])),
  );
}

function figure(id: string, label: string, stack: Stack): HTMLElement {
  const totals = stack.rows.some((row) => row.total !== undefined);
  const dram = stack.rows.some((row) => row.dram !== undefined);
  return chart(
    id,
    label,
    (width) => draw(stack, width),
    {
      columns: [
        { label: "layer" },
        ...stack.terms.map((term) => ({ label: term.label, number: true, ...(term.sentence ? { title: term.sentence } : {}) })),
        ...(totals ? [{ label: "sum", number: true }] : []),
        ...(dram ? [{ label: "DRAM, apart", number: true }] : []),
      ],
      rows: stack.rows.map((row) => [
        row.name,
        ...stack.terms.map((term, i) => (term.known === false ? "unknown" : range(row.values[i] ?? 0, stack.unit))),
        ...(totals ? [row.total === undefined ? "–" : range(row.total, stack.unit)] : []),
        ...(dram ? [row.dram === undefined ? "–" : range(row.dram, stack.unit)] : []),
      ]),
    },
    legend(stack),
  );
}

/** The terms with their formulas, for those who do not hover. */
function formulas(stack: Stack): HTMLElement {
  return h(
    "details",
    { class: "numbers" },
    h("summary", {}, "Terms and formulas"),
    h(
      "dl",
      { class: "terms" },
      ...stack.terms.flatMap((term) => [
        h("dt", {}, term.label),
        ...(term.sentence ? [h("dd", {}, term.sentence)] : []),
        ...(term.parts ?? []).map((part) => h("dd", {}, `${part.name} = `, h("code", {}, part.formula))),
      ]),
    ),
  );
}

export function stacks(clocks: Stack | undefined, bytes: Stack | undefined, joules: Stack | undefined): HTMLElement {
  const content: HTMLElement[] = [];
  if (clocks) content.push(figure("clocks", "clocks", clocks), formulas(clocks));
  if (bytes) content.push(figure("bytes", "bytes moved", bytes), formulas(bytes));
  if (joules) {
    const absent = (joules.absent ?? []).map((part) => `${part.part} (${part.why})`).join("; ");
    content.push(
      figure("energy", `energy of an image, ${joules.technology ?? ""}, ${joules.node_nm ?? ""} nm`, joules),
      h("p", { class: "note" }, `Bars begin at the least value of each part; a black line goes from the least sum to the most. ${absent === "" ? "" : `Not known and not in the sum: ${absent}.`}`),
      formulas(joules),
    );
  }
  return panel("costs", "Where clocks, bytes and energy go", "Hover a bar for its term, the formula and the value.", ...content);
}
