// The paper's experiments: a figure, a table with the paper's values beside ours, and what differs.
import type { ExperimentTable } from "./data";
import { h, scroller, table, type Column } from "./dom";
import { number } from "./format";
import { panel } from "./panel";

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

function lines(data: ExperimentTable): HTMLElement {
  const columns: Column[] = [{ label: "setting" }];
  const cells = data.rows.map((row) => [row.setting]);
  for (const { name, title, unit } of data.columns) {
    columns.push({ label: unit ? `${title}, ${unit}` : title, number: data.rows.some((row) => typeof row.values[name] === "number") });
    data.rows.forEach((row, i) => {
      const value = row.values[name];
      cells[i]?.push(value === undefined ? "–" : typeof value === "number" ? number(value) : value);
    });
    if (!data.rows.some((row) => row.paper[name] !== undefined)) continue;
    columns.push({ label: "paper", number: true, title: "recalled: not checked against the paper's text" });
    data.rows.forEach((row, i) => {
      const paper = row.paper[name];
      cells[i]?.push(paper === undefined ? "–" : `${number(paper.value)}${paper.status === "checked" ? "" : ` ${paper.status}`}`);
    });
  }
  return scroller(`Table of ${data.name}`, table(data.name, columns, cells));
}

const list = (sentences: readonly string[]): HTMLElement => h("ul", { class: "notes" }, ...sentences.map((sentence) => h("li", {}, sentence)));

export function tablePanel(data: ExperimentTable): HTMLElement {
  // An image cannot run scripts, whatever the file holds.
  const figure = data.figure === undefined ? "" : h("img", { class: "drawn", src: `data:image/svg+xml;base64,${base64(data.figure)}`, alt: `${data.stands_for}; the table below has its numbers`, "data-figure-of": data.name });
  return panel(
    `table-${data.name}`,
    data.name,
    data.stands_for,
    figure,
    lines(data),
    data.deviations.length === 0 ? "" : h("details", { class: "numbers" }, h("summary", {}, "How far from the paper"), list(data.deviations)),
    data.notes.length === 0 ? "" : list(data.notes),
  );
}
