// A table sorted by any of its columns.
import { h, type Column } from "./dom";

export interface Cell {
  readonly text: string;
  readonly key: number | string;
}

function compare(a: Cell | undefined, b: Cell | undefined): number {
  if (!a || !b) return 0;
  if (typeof a.key === "number" && typeof b.key === "number") return a.key === b.key ? 0 : a.key - b.key;
  return String(a.key).localeCompare(String(b.key), "en", { numeric: true });
}

export function sortable(caption: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): HTMLTableElement {
  const body = h("tbody");
  const heads: HTMLTableCellElement[] = [];
  let by = -1;
  let falling = false;

  const fill = (): void => {
    const order = rows.map((_, i) => i);
    if (by >= 0) order.sort((a, b) => (falling ? -1 : 1) * compare(rows[a]?.[by], rows[b]?.[by]) || a - b);
    body.replaceChildren(
      ...order.map((i) =>
        h("tr", {}, ...(rows[i] ?? []).map((cell, column) => h(column === 0 ? "th" : "td", { scope: column === 0 ? "row" : undefined, class: columns[column]?.number ? "number" : undefined }, cell.text))),
      ),
    );
    heads.forEach((head, i) => {
      head.setAttribute("aria-sort", i === by ? (falling ? "descending" : "ascending") : "none");
    });
  };

  columns.forEach((column, i) => {
    const press = h("button", { type: "button", title: column.title }, column.label);
    press.addEventListener("click", () => {
      falling = by === i ? !falling : column.number === true;
      by = i;
      fill();
    });
    heads.push(h("th", { scope: "col", class: column.number ? "number" : undefined }, press));
  });
  fill();
  return h("table", { class: "sortable" }, h("caption", { class: "hidden" }, caption), h("thead", {}, h("tr", {}, ...heads)), body);
}
