// Filter matrices before and after packing, columns of a group in one colour.
import { at, type Blocks, type MatrixInfo, type Tiles } from "./data";
import { h, scroller, table } from "./dom";
import { Heatmap } from "./heatmap";
import { panel } from "./panel";
import { colourCount, isDark, rgb, seriesRgb } from "./palette";

const magnitudes = 129;

/** Pixels of weights, faint for small ones: of each colour in turn, by magnitude. */
function shades(): Uint32Array {
  const dark = isDark();
  if (known?.dark !== dark) known = { dark, tones: computed() };
  return known.tones;
}

let known: { dark: boolean; tones: Uint32Array } | undefined;

function computed(): Uint32Array {
  const [er, eg, eb] = rgb("--cell");
  const colours = seriesRgb();
  const tones = new Uint32Array(colours.length * magnitudes);
  colours.forEach(([r, g, b], colour) => {
    for (let magnitude = 0; magnitude < magnitudes; ++magnitude) {
      const share = magnitude === 0 ? 0 : 0.42 + 0.58 * Math.min(1, magnitude / 64);
      const mix = (from: number, to: number): number => Math.round(from + (to - from) * share);
      tones[colour * magnitudes + magnitude] = (255 << 24) | (mix(eb, b) << 16) | (mix(eg, g) << 8) | mix(er, r);
    }
  });
  return tones;
}

function toneOf(group: number, value: number): number {
  return (group % colourCount) * magnitudes + (value < 0 ? -value : value);
}

class Packed {
  readonly groups: readonly (readonly number[])[];
  private readonly values: Int8Array;
  private readonly selects: Uint8Array;
  private readonly groupOf: Int32Array;
  private readonly placeOf: Uint8Array;

  constructor(
    readonly matrix: MatrixInfo,
    bytes: Uint8Array,
  ) {
    this.groups = matrix.groups ?? [];
    const values = matrix.values ? at(bytes, matrix.values) : new Uint8Array();
    this.values = new Int8Array(values.buffer, values.byteOffset, values.length);
    this.selects = matrix.selects ? at(bytes, matrix.selects) : new Uint8Array();
    this.groupOf = new Int32Array(matrix.columns).fill(-1);
    this.placeOf = new Uint8Array(matrix.columns);
    this.groups.forEach((columns, group) => {
      columns.forEach((column, place) => {
        this.groupOf[column] = group;
        this.placeOf[column] = place;
      });
    });
  }

  value(row: number, group: number): number {
    return this.values[row * this.groups.length + group] ?? 0;
  }

  /** The column of the filter matrix that a cell's weight is of. */
  columnOf(row: number, group: number): number {
    return this.groups[group]?.[this.selects[row * this.groups.length + group] ?? 0] ?? -1;
  }

  group(column: number): number {
    return this.groupOf[column] ?? -1;
  }

  weight(row: number, column: number): number {
    const group = this.group(column);
    return group >= 0 && this.columnOf(row, group) === column ? this.value(row, group) : 0;
  }

  /** Place of each group's columns in the picture, side by side: loops run over all cells. */
  private places(unpacked: boolean): { places: Int32Array; most: number } {
    return (this.placesOf[Number(unpacked)] ??= this.findPlaces(unpacked));
  }

  private readonly placesOf: ({ places: Int32Array; most: number } | undefined)[] = [];

  private findPlaces(unpacked: boolean): { places: Int32Array; most: number } {
    const most = Math.max(1, ...this.groups.map((group) => group.length));
    const places = new Int32Array(this.groups.length * most);
    this.groups.forEach((group, g) => {
      for (let k = 0; k < most; ++k) places[g * most + k] = unpacked ? (group[k] ?? 0) : g;
    });
    return { places, most };
  }

  /** One pixel an entry, of some rows and columns; before packing where `unpacked`. */
  paint(unpacked: boolean, top: number, left: number, rows: number, columns: number): Uint32Array<ArrayBuffer> {
    const { values, selects } = this;
    const tones = shades();
    const { places, most } = this.places(unpacked);
    const count = this.groups.length;
    const pixels = new Uint32Array(rows * columns).fill(tones[0] as number);
    for (let row = 0, i = top * count; row < rows; ++row) {
      for (let g = 0; g < count; ++g, ++i) {
        const value = values[i] as number;
        if (value === 0) continue;
        const column = (places[g * most + (selects[i] as number)] as number) - left;
        if (column >= 0 && column < columns) pixels[row * columns + column] = tones[toneOf(g, value)] as number;
      }
    }
    return pixels;
  }

  /** One pixel for side x side entries. */
  overview(unpacked: boolean, side: number): Uint32Array<ArrayBuffer> {
    const { values, selects } = this;
    const tones = shades();
    const { places, most } = this.places(unpacked);
    const count = this.groups.length;
    const across = Math.ceil((unpacked ? this.matrix.columns : count) / side);
    const size = Math.ceil(this.matrix.rows / side) * across;
    const red = new Int32Array(size);
    const green = new Int32Array(size);
    const blue = new Int32Array(size);
    const empty = tones[0] as number;
    for (let row = 0, i = 0; row < this.matrix.rows; ++row) {
      const line = ((row / side) | 0) * across;
      for (let g = 0; g < count; ++g, ++i) {
        const value = values[i] as number;
        if (value === 0) continue;
        const block = line + (((places[g * most + (selects[i] as number)] as number) / side) | 0);
        const tone = tones[toneOf(g, value)] as number;
        (red[block] as number) += (tone & 255) - (empty & 255);
        (green[block] as number) += ((tone >>> 8) & 255) - ((empty >>> 8) & 255);
        (blue[block] as number) += ((tone >>> 16) & 255) - ((empty >>> 16) & 255);
      }
    }
    const pixels = new Uint32Array(size);
    const entries = side * side;
    for (let block = 0; block < size; ++block) {
      const r = (empty & 255) + (red[block] as number) / entries;
      const g = ((empty >>> 8) & 255) + (green[block] as number) / entries;
      const b = ((empty >>> 16) & 255) + (blue[block] as number) / entries;
      pixels[block] = (255 << 24) | (b << 16) | (g << 8) | r;
    }
    return pixels;
  }

  private channel(column: number): string {
    const [channel, dy, dx] = this.matrix.channels?.[column] ?? [column, 0, 0];
    const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));
    return dy === 0 && dx === 0 ? `channel ${channel}` : `channel ${channel} at (${signed(dy)}, ${signed(dx)})`;
  }

  sayBefore(row: number, column: number): string {
    const group = this.group(column);
    const weight = this.weight(row, column);
    return `${weight === 0 ? "no weight" : `weight ${weight}`} · filter ${row} · ${this.channel(column)} · column ${column} · ${group < 0 ? "in no group" : `group ${group}`}`;
  }

  sayAfter(row: number, group: number): string {
    const weight = this.value(row, group);
    if (weight === 0) return `empty cell · filter ${row} · group ${group} of ${this.groups[group]?.length ?? 0} columns`;
    const column = this.columnOf(row, group);
    return `weight ${weight} · filter ${row} · ${this.channel(column)} · group ${group}, line ${this.placeOf[column] ?? 0}`;
  }
}

function whole(matrix: MatrixInfo, bytes: Uint8Array, index: number, tiles: Tiles | undefined): HTMLElement {
  const packed = new Packed(matrix, bytes);
  const write = (weight: number): string => (weight === 0 ? "" : String(weight));
  const before: Heatmap = new Heatmap({
    id: `matrix-${index}-before`,
    label: "Filter matrix",
    rows: matrix.rows,
    columns: matrix.columns,
    paint: (top, left, rows, columns) => packed.paint(true, top, left, rows, columns),
    overview: (side) => packed.overview(true, side),
    say: (row, column) => packed.sayBefore(row, column),
    write: (row, column) => write(packed.weight(row, column)),
    onPoint: (row, column) => { after.point(row, packed.group(column)); },
  });
  const after: Heatmap = new Heatmap({
    id: `matrix-${index}-after`,
    label: "Packed",
    rows: matrix.rows,
    columns: packed.groups.length,
    paint: (top, left, rows, columns) => packed.paint(false, top, left, rows, columns),
    overview: (side) => packed.overview(false, side),
    say: (row, group) => packed.sayAfter(row, group),
    write: (row, group) => write(packed.value(row, group)),
    ...(tiles ? { tile: [tiles.rows, tiles.columns] as const } : {}),
    onPoint: (row, group) => { before.point(row, packed.columnOf(row, group)); },
  });
  const members = h(
    "details",
    { class: "numbers" },
    h("summary", {}, "Groups and their columns"),
    scroller("Groups", table("Groups", [{ label: "group", number: true }, { label: "columns" }], packed.groups.map((columns, group) => [String(group), columns.join(", ")]))),
  );
  return h("div", {}, h("div", { class: "two matrix" }, before.element, after.element), members);
}

function density(id: string, label: string, blocks: Blocks, side: number, bytes: Uint8Array): Heatmap {
  const shares = at(bytes, blocks);
  return new Heatmap({
    id,
    label,
    rows: blocks.rows,
    columns: blocks.columns,
    paint: (top, left, rows, columns) => {
      const [er, eg, eb] = rgb("--cell");
      const [r, g, b] = rgb("--c0");
      const pixels = new Uint32Array(rows * columns);
      for (let i = 0; i < pixels.length; ++i) {
        const share = (shares[(top + Math.floor(i / columns)) * blocks.columns + left + (i % columns)] ?? 0) / 255;
        const mix = (from: number, to: number): number => Math.round(from + (to - from) * share);
        pixels[i] = (255 << 24) | (mix(eb, b) << 16) | (mix(eg, g) << 8) | mix(er, r);
      }
      return pixels;
    },
    say: (row, column) => `about ${Math.round(((shares[row * blocks.columns + column] ?? 0) * 100) / 255)} % nonzero · filters from ${row * side} · columns from ${column * side}`,
  });
}

function aggregated(matrix: MatrixInfo, bytes: Uint8Array, index: number): HTMLElement {
  const side = matrix.block ?? 1;
  const maps: HTMLElement[] = [];
  if (matrix.before_blocks) maps.push(density(`matrix-${index}-before`, "Filter matrix", matrix.before_blocks, side, bytes).element);
  if (matrix.after_blocks) maps.push(density(`matrix-${index}-after`, "Packed", matrix.after_blocks, side, bytes).element);
  return h("div", {}, h("p", { class: "note" }, `Too large for this page: each square is the share of nonzeros among ${side} × ${side} entries.`), h("div", { class: "two matrix" }, ...maps));
}

export function matrices(all: readonly MatrixInfo[], bytes: Uint8Array, tiles: Tiles | undefined): HTMLElement {
  const place = h("div", {});
  const choice = h("select", { "aria-label": "Layer" }, ...all.map((matrix, i) => h("option", { value: i }, `${matrix.name}: ${matrix.rows} × ${matrix.columns} → ${matrix.groups?.length ?? matrix.group_count ?? 0} groups`)));
  const show = (): void => {
    const index = Number(choice.value);
    const matrix = all[index];
    if (matrix) place.replaceChildren(matrix.values ? whole(matrix, bytes, index, tiles) : aggregated(matrix, bytes, index));
  };
  // Begin with the layer that combining changes most.
  const gain = (matrix: MatrixInfo): number => matrix.columns / Math.max(1, matrix.groups?.length ?? matrix.group_count ?? 1);
  choice.value = String(all.reduce((best, matrix, i) => (gain(matrix) > gain(all[best] ?? matrix) ? i : best), 0));
  choice.addEventListener("change", show);
  show();
  return panel("matrices", "Filter matrices, before and after packing", "Columns of one group share a colour; strong colours are large weights; lines are borders of tiles. Click a matrix, then zoom with the wheel.", h("p", { class: "choice" }, h("label", {}, "Layer ", choice)), place);
}
