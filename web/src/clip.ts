// The array, clock by clock: what the simulator's cells held.
import { at, type Clip } from "./data";
import { button, h, s, scroller, table } from "./dom";
import { count } from "./format";
import { panel } from "./panel";
import { series } from "./palette";

interface CellState {
  readonly data: number[]; // a bit per line
  readonly acc: number[]; // a bit per stream
  readonly start: boolean;
  readonly swap: boolean;
  readonly loading: boolean;
  readonly active: boolean;
}

class Recording {
  private readonly cells: Uint8Array;
  private readonly inputs: Uint8Array;
  private readonly cellBytes: number;
  /** Lines that some column of the tile uses; the others carry 0. */
  readonly lines: number;

  constructor(
    readonly clip: Clip,
    bytes: Uint8Array,
  ) {
    this.cells = at(bytes, clip.cells);
    this.inputs = at(bytes, clip.inputs);
    this.cellBytes = clip.data_bytes + 2;
    this.lines = Math.max(...clip.columns.map((columns) => columns.length));
  }

  state(clock: number, row: number, column: number): CellState {
    const { array, data_bytes } = this.clip;
    const from = this.cellBytes * ((clock * array.rows + row) * array.columns + column);
    const byte = (i: number): number => this.cells[from + i] ?? 0;
    const flags = byte(data_bytes + 1);
    return {
      data: Array.from({ length: this.lines }, (_, line) => (byte(line >> 3) >> (line & 7)) & 1),
      acc: Array.from({ length: array.streams }, (_, stream) => (byte(data_bytes) >> stream) & 1),
      start: (flags & 1) !== 0,
      swap: (flags & 2) !== 0,
      loading: (flags & 4) !== 0,
      active: (flags & 8) !== 0,
    };
  }

  input(word: number, column: number, line: number): number {
    return this.inputs[(word * this.clip.groups.length + column) * this.clip.array.alpha + line] ?? 0;
  }

  /** The word that enters a column in this clock; -1: none. */
  entering(clock: number, column: number): number {
    const since = clock + this.clip.first_clock - this.clip.begin - column;
    const word = Math.floor(since / this.clip.array.word_interval);
    return since >= 0 && word < this.clip.words ? word : -1;
  }
}

function bit(value: number, colour: string): HTMLElement {
  return h("span", { class: value ? "bit on" : "bit", style: `--bit:${colour}` }, String(value));
}

class CellView {
  readonly element = h("button", { type: "button", class: "cell" });
  private readonly data = h("span", { class: "bits" });
  private readonly acc = h("span", { class: "bits" });
  private readonly flag = h("span", { class: "flag" });
  readonly weight: number;
  readonly select: number;
  private readonly used: boolean;

  constructor(
    private readonly recording: Recording,
    readonly row: number,
    readonly column: number,
  ) {
    const { clip } = recording;
    this.weight = clip.weights[row]?.[column] ?? 0;
    this.select = clip.selects[row]?.[column] ?? 0;
    this.used = row < clip.rows && column < clip.groups.length;
    const title = !this.used ? "unused" : this.weight === 0 ? "empty" : `w ${this.weight}`;
    this.element.append(
      h("span", { class: "cell-head" }, h("b", {}, title), this.weight === 0 ? null : h("span", {}, `line ${this.select}`), this.flag),
      h("span", { class: "lines" }, h("i", {}, "data"), this.data),
      h("span", { class: "lines" }, h("i", {}, "sums"), this.acc),
    );
    this.element.dataset.cell = `${row},${column}`;
  }

  show(clock: number): void {
    const state = this.recording.state(clock, this.row, this.column);
    this.data.replaceChildren(
      ...state.data.map((value, line) => {
        const element = bit(value, series(0));
        if (this.weight !== 0 && line === this.select) element.classList.add("selected");
        return element;
      }),
    );
    this.acc.replaceChildren(...state.acc.map((value) => bit(value, series(1))));
    this.flag.textContent = state.swap ? "swap" : state.start ? "start" : state.loading ? "load" : "";
    this.element.classList.toggle("idle", !state.active);
  }

  say(clock: number): string {
    const { clip } = this.recording;
    const state = this.recording.state(clock, this.row, this.column);
    const column = clip.columns[this.column]?.[this.select];
    const weight = !this.used ? "no cell of the tile" : this.weight === 0 ? "no weight" : `weight ${this.weight}, reads line ${this.select} (column ${column ?? "?"} of the filter matrix)`;
    const flags = [state.start ? "a word's first bit" : "", state.swap ? "swap: the loaded weight becomes the cell's" : "", state.loading ? "weight bits pass" : "", state.active ? "" : "works with the weight before"].filter((text) => text !== "");
    return `row ${this.row}, column ${this.column}: ${weight}; data ${state.data.join(" ")}, sums ${state.acc.join(" ")}${flags.length > 0 ? `; ${flags.join("; ")}` : ""}`;
  }
}

/** All signals of one cell against the clocks. */
class Waves {
  readonly element = h("div", { class: "scroll waves", tabindex: 0, role: "region", "aria-label": "Waveforms of the cell" });
  private playhead: SVGLineElement | undefined;
  private readonly step = 7;

  constructor(private readonly recording: Recording) {}

  show(cell: CellView): void {
    const { clip } = this.recording;
    const states = Array.from({ length: clip.clocks }, (_, clock) => this.recording.state(clock, cell.row, cell.column));
    const signals: { name: string; colour: string; strong: boolean; values: number[] }[] = [
      { name: "start", colour: "var(--ink)", strong: false, values: states.map((state) => Number(state.start)) },
      ...Array.from({ length: this.recording.lines }, (_, line) => ({ name: `line ${line}`, colour: series(0), strong: cell.weight !== 0 && line === cell.select, values: states.map((state) => state.data[line] ?? 0) })),
      ...Array.from({ length: clip.array.streams }, (_, stream) => ({ name: `sum ${stream}`, colour: series(1), strong: false, values: states.map((state) => state.acc[stream] ?? 0) })),
    ];
    const label = 64;
    const high = 16;
    const width = label + this.step * clip.clocks + 8;
    const height = signals.length * (high + 6) + 8;
    const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Waveforms of row ${cell.row}, column ${cell.column}` });
    signals.forEach((signal, i) => {
      const base = 6 + i * (high + 6) + high;
      const path = signal.values.map((value, clock) => `${clock === 0 ? "M" : "L"}${label + clock * this.step},${base - value * high}H${label + (clock + 1) * this.step}`).join("");
      svg.append(s("text", { x: label - 8, y: base - 3, "text-anchor": "end", "font-size": 11, "font-weight": signal.strong ? 700 : 400, fill: "var(--ink)" }, signal.name), s("path", { d: path, fill: "none", stroke: signal.colour, "stroke-width": signal.strong ? 2.2 : 1.2 }));
    });
    this.playhead = s("line", { y1: 0, y2: height, stroke: "var(--c3)", "stroke-width": 1.5 });
    svg.append(this.playhead);
    this.element.replaceChildren(svg);
  }

  at(clock: number): void {
    const x = String(64 + (clock + 0.5) * this.step);
    this.playhead?.setAttribute("x1", x);
    this.playhead?.setAttribute("x2", x);
  }
}

class Player {
  readonly element: HTMLElement;
  private clock = 0;
  private timer: number | undefined;
  private readonly cells: CellView[] = [];
  private readonly slider: HTMLInputElement;
  private readonly play: HTMLButtonElement;
  private readonly speed: HTMLSelectElement;
  private readonly title = h("output", { class: "clock" });
  private readonly status = h("output", { class: "status" });
  private readonly results: HTMLElement[] = [];
  private readonly inputs: HTMLElement[] = [];
  private readonly waves: Waves;
  private shown: CellView | undefined;

  constructor(private readonly recording: Recording) {
    const { clip } = recording;
    this.waves = new Waves(recording);
    this.slider = h("input", { type: "range", min: 0, max: clip.clocks - 1, value: 0, "aria-label": "Clock" });
    this.slider.addEventListener("input", () => { this.go(Number(this.slider.value)); });
    this.play = button("Play", () => { this.toggle(); });
    this.speed = h("select", { "aria-label": "Clocks a second" }, ...[2, 5, 15, 40].map((rate) => h("option", { value: rate }, `${rate} clocks/s`)));
    this.speed.value = "5";
    this.speed.addEventListener("change", () => {
      if (this.timer !== undefined) this.start();
    });
    this.element = h(
      "div",
      { class: "player" },
      h("div", { class: "controls" }, this.play, button("◂", () => { this.step(-1); }, { "aria-label": "A clock back" }), button("▸", () => { this.step(1); }, { "aria-label": "A clock on" }), this.slider, this.speed, this.title),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The array" }, this.grid()),
      this.status,
      this.waves.element,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.target === this.slider || event.target === this.speed) return;
      if (event.key === "ArrowRight") this.step(1);
      else if (event.key === "ArrowLeft") this.step(-1);
      else return;
      event.preventDefault();
    });
    const first = this.cells.find((cell) => cell.weight !== 0) ?? this.cells[0];
    if (first) this.choose(first);
    this.go(clip.begin - clip.first_clock);
  }

  private grid(): HTMLElement {
    const { array, groups, columns } = this.recording.clip;
    const grid = h("div", { class: "array", style: `grid-template-columns: auto repeat(${array.columns}, minmax(96px, 220px)) minmax(120px, auto)` });
    for (let row = array.rows - 1; row >= 0; --row) {
      grid.append(h("span", { class: "edge west" }, row < this.recording.clip.rows ? `filter ${this.recording.clip.row_begin + row}` : ""));
      for (let column = 0; column < array.columns; ++column) {
        const cell = new CellView(this.recording, row, column);
        for (const event of ["pointerenter", "focus", "click"]) cell.element.addEventListener(event, () => { this.choose(cell); });
        this.cells.push(cell);
        grid.append(cell.element);
      }
      const result = h("span", { class: "edge east" });
      this.results[row] = result;
      grid.append(result);
    }
    grid.append(h("span", { class: "edge west" }, "words"));
    for (let column = 0; column < array.columns; ++column) {
      const words = h("span", { class: "edge south" });
      this.inputs[column] = words;
      grid.append(words);
    }
    grid.append(h("span", {}), h("span", { class: "edge west" }, "group"));
    for (let column = 0; column < array.columns; ++column) grid.append(h("span", { class: "edge south" }, groups[column] === undefined ? "–" : `${groups[column]}: columns ${(columns[column] ?? []).join(", ")}`));
    return grid;
  }

  private choose(cell: CellView): void {
    if (cell !== this.shown) {
      this.shown?.element.classList.remove("chosen");
      this.shown = cell;
      cell.element.classList.add("chosen");
      this.waves.show(cell);
    }
    this.status.textContent = cell.say(this.clock);
    this.waves.at(this.clock);
  }

  private go(clock: number): void {
    const { clip } = this.recording;
    this.clock = Math.max(0, Math.min(clip.clocks - 1, clock));
    this.slider.value = String(this.clock);
    const now = this.clock + clip.first_clock;
    this.slider.setAttribute("aria-valuetext", `clock ${now}`);
    this.title.textContent = `clock ${count(now)}`;
    this.title.dataset.clock = String(now);
    for (const cell of this.cells) cell.show(this.clock);
    this.results.forEach((element, row) => {
      const done = clip.results.filter(([when, of]) => of === row && when <= now);
      const last = done[done.length - 1];
      element.textContent = last ? `word ${last[3]}: ${last[2]}` : "";
      element.classList.toggle("new", last !== undefined && last[0] === now);
    });
    this.inputs.forEach((element, column) => {
      const word = column < clip.groups.length ? this.recording.entering(this.clock, column) : -1;
      const bytes = (clip.columns[column] ?? []).map((_, line) => this.recording.input(word, column, line));
      element.textContent = word < 0 ? "" : `word ${word}: ${bytes.join(", ")}`;
    });
    if (this.shown) this.choose(this.shown);
  }

  private step(by: number): void {
    this.stop();
    this.go(this.clock + by);
  }

  private start(): void {
    clearInterval(this.timer);
    this.timer = window.setInterval(() => {
      if (this.clock + 1 >= this.recording.clip.clocks) this.stop();
      else this.go(this.clock + 1);
    }, 1000 / Number(this.speed.value));
    this.play.textContent = "Pause";
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.textContent = "Play";
  }

  private toggle(): void {
    if (this.timer !== undefined) {
      this.stop();
      return;
    }
    if (this.clock + 1 >= this.recording.clip.clocks) this.go(0);
    this.start();
  }
}

export function clipPanel(clip: Clip, bytes: Uint8Array, lesson: boolean): HTMLElement {
  const { array } = clip;
  const what = lesson
    ? `Tile ${clip.tile} of the layer “${clip.layer}” on ${array.rows} × ${array.columns} ${array.cell} cells.`
    : `Layer ${clip.layer}, tile ${clip.tile}, on a small array of the same cells: ${array.rows} × ${array.columns} ${array.cell}, ${array.alpha} data lines; input: ${clip.image}.`;
  const ends = `Sums ${clip.first ? "begin with the bias" : "begin with partial sums"} and leave ${clip.last ? "whole" : "as partial sums"}.`;
  const results = h(
    "details",
    { class: "numbers" },
    h("summary", {}, "Words and results"),
    scroller(
      "Words and results",
      table(
        "Results",
        [{ label: "clock", number: true }, { label: "filter", number: true }, { label: "word", number: true }, { label: "sum", number: true }],
        clip.results.map(([clock, row, value, word]) => [String(clock), String(clip.row_begin + row), String(word), String(value)]),
      ),
    ),
  );
  return panel("clip", "The array, clock by clock", `${what} ${ends} Data bits enter from below, sums from the left; the framed line is the one that the cell selects. Left and right arrow keys step.`, new Player(new Recording(clip, bytes)).element, results);
}
