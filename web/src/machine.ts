// The machine's blocks with their sizes, and what moved between them.
import type { Machine } from "./data";
import { h, s, scroller, table } from "./dom";
import { count } from "./format";
import { chart, panel } from "./panel";

function draw(machine: Machine): SVGSVGElement {
  const height = 18 + Math.max(...machine.blocks.map(({ box }) => box[1] + box[3]));
  const svg = s("svg", { viewBox: `0 0 1040 ${height}`, width: 1040, height, class: "machine" });
  svg.append(s("defs", {}, s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, s("path", { d: "M0,0 8,4 0,8z", fill: "var(--muted)" }))));
  for (const flow of machine.flows) {
    const points = flow.points.map(([x, y]) => `${x},${y}`).join(" ");
    const counter = flow.counter === undefined ? undefined : machine.counters[flow.counter];
    svg.append(s("polyline", { points, fill: "none", stroke: "var(--muted)", "stroke-width": 1.5, "marker-end": "url(#arrow)" }, counter ? s("title", {}, counter.sentence) : null));
    if (!flow.label || flow.count === undefined || !counter) continue;
    svg.append(s("text", { x: flow.label[0], y: flow.label[1] - 2, "text-anchor": "middle", "font-size": 12, fill: "var(--ink)", class: "flow" }, `${count(flow.count)} ${counter.unit}`, s("title", {}, counter.sentence)));
  }
  for (const block of machine.blocks) {
    const [x, y, width, height] = block.box;
    const line = (text: string, down: number, font: Record<string, number>): SVGElement => s("text", { x: x + width / 2, y: y + height / 2 + down, "text-anchor": "middle", fill: "var(--ink)", ...font }, text);
    const up = block.note === undefined ? 0 : 10;
    svg.append(
      s("rect", { x, y, width, height, rx: 6, fill: block.id === "array" || block.id.startsWith("layer") ? "var(--array)" : "var(--block)", stroke: "var(--line)" }),
      line(block.label, -3 - up, { "font-size": 14, "font-weight": 600 }),
      line(block.size, 15 - up, { "font-size": 12 }),
    );
    if (block.note !== undefined) svg.append(line(block.note, 22, { "font-size": 12 }));
  }
  return svg;
}

function description(machine: Machine): HTMLElement {
  const rows = Object.entries(machine.config).flatMap(([section, fields]) =>
    typeof fields === "object" && fields !== null ? Object.entries(fields).map(([key, value]) => [`${section}.${key}`, typeof value === "number" ? count(value) : String(value)]) : [],
  );
  return h("details", { class: "numbers" }, h("summary", {}, "Array description"), scroller("Array description", table("Array description", [{ label: "field" }, { label: "value", number: true }], rows)));
}

export function machinePanel(machine: Machine): HTMLElement {
  const labels = new Map(machine.blocks.map((block) => [block.id, block.label]));
  const figure = chart(
    "machine",
    `traffic of ${machine.images === 1 ? "one image" : `${machine.images} images`}`,
    () => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Block diagram" }, draw(machine)),
    {
      columns: [{ label: "from" }, { label: "to" }, { label: "count", number: true }, { label: "unit" }, { label: "meaning" }],
      rows: machine.flows.flatMap((flow) => {
        const counter = flow.counter === undefined ? undefined : machine.counters[flow.counter];
        return flow.label && counter && flow.count !== undefined ? [[labels.get(flow.from) ?? "", labels.get(flow.to) ?? "", count(flow.count), counter.unit, counter.sentence]] : [];
      }),
    },
  );
  return panel("machine-panel", "The machine", machine.sentence, figure, description(machine));
}
