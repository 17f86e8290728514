// How full each tile of the array is.
import type { Tiles, TileInfo } from "./data";
import { h, s } from "./dom";
import { count, percent } from "./format";
import { chart, panel } from "./panel";

const side = 22;
const step = 25;

function tip(layer: string, tile: TileInfo): string {
  return `${layer}, tile ${tile.tile}: ${count(tile.nonzeros)} of ${count(tile.cells)} cells hold a weight (${percent(tile.utilization)}); ${tile.rows} filters, ${tile.groups} groups, ${count(tile.words)} words, ${count(tile.clocks)} clocks`;
}

interface Row {
  readonly layer: string;
  readonly tiles: readonly TileInfo[];
  readonly height: number;
}

/** The layers' grids side by side, as many as fit into a line. */
function draw(rows: readonly Row[], width: number): SVGSVGElement {
  const svg = s("svg", { width });
  let left = 0;
  let top = 0;
  let lowest = 0;
  for (const row of rows) {
    const columns = 1 + Math.max(...row.tiles.map((tile) => tile.column));
    // A layer of more column tiles than fit goes on below itself.
    const per = Math.max(1, Math.min(columns, Math.floor(width / step)));
    const folds = Math.ceil(columns / per);
    const across = Math.max(per * step, 8 + 6.8 * row.layer.length);
    if (left > 0 && left + across > width) {
      left = 0;
      top = lowest + 14;
    }
    svg.append(s("text", { x: left, y: top + 12, fill: "currentColor", "font-size": 12 }, row.layer));
    for (const tile of row.tiles) {
      const x = left + step * (tile.column % per);
      const y = top + 20 + step * (tile.row + Math.floor(tile.column / per) * row.height);
      svg.append(
        s("rect", { x, y, width: side, height: side, rx: 2, fill: "var(--cell)" }),
        s("rect", { x, y, width: side, height: side, rx: 2, fill: "var(--c0)", "fill-opacity": tile.utilization.toFixed(4), "data-tile": tile.tile, "aria-label": `tile ${tile.tile}: ${tile.utilization}` }, s("title", {}, tip(row.layer, tile))),
      );
    }
    lowest = Math.max(lowest, top + 20 + step * row.height * folds);
    left += across + 18;
  }
  svg.setAttribute("height", String(lowest));
  svg.setAttribute("viewBox", `0 0 ${width} ${lowest}`);
  return svg;
}

export function tileMap(tiles: Tiles): HTMLElement {
  // Of blocks of words that repeat the same weights, the first.
  const rows = tiles.layers
    .filter((layer) => layer.tiles.length > 0)
    .map((layer) => {
      const first = layer.tiles.filter((tile) => tile.word_begin === 0);
      return { layer: layer.name, tiles: first, height: 1 + Math.max(...first.map((tile) => tile.row)) };
    });
  const scale = h("span", { class: "ramp" }, h("span", {}, "0 %"), h("span", { class: "ramp-bar" }), h("span", {}, "100 %"));
  return panel(
    "tiles",
    "Utilization of each tile",
    `A square is one load of the ${tiles.rows} × ${tiles.columns} array: rows of tiles are filters, columns are groups. Full colour: every cell holds a weight.`,
    chart(
      "tiles-map",
      "cells that hold a weight",
      (width) => draw(rows, width),
      {
        columns: [{ label: "layer" }, { label: "tile", number: true }, { label: "filters", number: true }, { label: "groups", number: true }, { label: "nonzeros", number: true }, { label: "cells", number: true }, { label: "utilization", number: true }, { label: "clocks", number: true }],
        rows: rows.flatMap((row) => row.tiles.map((tile) => [row.layer, String(tile.tile), count(tile.rows), count(tile.groups), count(tile.nonzeros), count(tile.cells), percent(tile.utilization), count(tile.clocks)])),
      },
      scale,
    ),
  );
}
