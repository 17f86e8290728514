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

function draw(rows: readonly Row[], width: number): SVGSVGElement {
  const label = Math.min(170, width * 0.3);
  const per = Math.max(1, Math.floor((width - label - 8) / step));
  const svg = s("svg", { width });
  let y = 4;
  for (const row of rows) {
    const columns = 1 + Math.max(...row.tiles.map((tile) => tile.column));
    // A layer of more column tiles than fit goes on below itself.
    const folds = Math.ceil(columns / per);
    svg.append(s("text", { x: label - 10, y: y + 15, "text-anchor": "end", fill: "currentColor", "font-size": 12 }, row.layer.length > label / 7 ? `${row.layer.slice(0, label / 7)}…` : row.layer));
    for (const tile of row.tiles) {
      const fold = Math.floor(tile.column / per);
      const x = label + step * (tile.column % per);
      const top = y + step * (tile.row + fold * row.height);
      svg.append(
        s("rect", { x, y: top, width: side, height: side, rx: 2, fill: "var(--cell)" }),
        s("rect", { x, y: top, width: side, height: side, rx: 2, fill: "var(--c0)", "fill-opacity": tile.utilization.toFixed(4), "data-tile": tile.tile, "aria-label": `tile ${tile.tile}: ${tile.utilization}` }, s("title", {}, tip(row.layer, tile))),
      );
    }
    y += step * row.height * folds + 8;
  }
  svg.setAttribute("height", String(y));
  svg.setAttribute("viewBox", `0 0 ${width} ${y}`);
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
