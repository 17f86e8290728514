// A matrix as pixels on a canvas: pan, zoom, hover, keyboard. Where several entries share a pixel it
// is drawn from an overview of averaged entries, else from pieces, each painted when it is first
// seen: a matrix of 2048 x 2048 entries never needs all its pixels at once.
import { button, h } from "./dom";
import { blobOf, save } from "./panel";
import { isDark, onTheme, rgb } from "./palette";

export interface HeatmapOptions {
  readonly id: string;
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  /** Of some rows and columns one pixel an entry, as ImageData has them: red, green, blue, opacity from the lowest byte. */
  readonly paint: (top: number, left: number, rows: number, columns: number) => Uint32Array<ArrayBuffer>;
  /** One pixel for side x side entries, their mean; the last ones of fewer. */
  readonly overview?: (side: number) => Uint32Array<ArrayBuffer>;
  /** What stands at an entry, in words. */
  readonly say: (row: number, column: number) => string;
  /** What is written into an entry where there is room. */
  readonly write?: (row: number, column: number) => string;
  /** Entries of a tile, whose borders are drawn. */
  readonly tile?: readonly [number, number];
  readonly onPoint?: (row: number, column: number) => void;
}

const most = 40; // pixels a side of an entry
const piece = 192; // rows, and columns, that are painted together
const patience = 5; // ms of a step that go into painting
const written = 26; // from which on entries have room for numbers

export class Heatmap {
  readonly element: HTMLElement;
  private readonly canvas = h("canvas", { tabindex: 0, role: "application", "aria-roledescription": "matrix" });
  private readonly status = h("output", { class: "status" });
  /** By side of the entries that a pixel stands for, first row and column. */
  private readonly pictures = new Map<string, OffscreenCanvas>();
  private drawn = false;
  private scale = 1;
  private left = 0; // entries
  private top = 0;
  private row = -1;
  private column = -1;
  private drag: { x: number; y: number; left: number; top: number } | undefined;

  constructor(private readonly options: HeatmapOptions) {
    const { canvas } = this;
    canvas.dataset.heatmap = options.id;
    canvas.setAttribute("aria-label", `${options.label}: ${options.rows} rows, ${options.columns} columns. Arrow keys move, plus and minus zoom, 0 shows all.`);
    const tools = h(
      "div",
      { class: "tools" },
      button("+", () => { this.zoom(2); }, { "aria-label": `${options.label}: zoom in` }),
      button("−", () => { this.zoom(0.5); }, { "aria-label": `${options.label}: zoom out` }),
      button("All", () => { this.fit(); }, { "aria-label": `${options.label}: show all` }),
      button("PNG", () => void this.png(), { "aria-label": `${options.label} as PNG` }),
    );
    this.element = h("div", { class: "heatmap" }, h("div", { class: "figure-head" }, h("h3", {}, options.label), tools), canvas, this.status);
    this.status.textContent = `${options.rows} × ${options.columns}`;
    new ResizeObserver(() => { this.resize(); }).observe(this.element);
    onTheme(() => {
      this.pictures.clear();
      this.draw();
    });
    this.listen();
  }

  /** Moves the cursor without telling of it. */
  point(row: number, column: number): void {
    this.row = row;
    this.column = column;
    this.draw();
  }

  private listen(): void {
    const { canvas } = this;
    canvas.addEventListener("pointermove", (event) => {
      if (this.drag) {
        this.left = this.drag.left - (event.offsetX - this.drag.x) / this.scale;
        this.top = this.drag.top - (event.offsetY - this.drag.y) / this.scale;
        this.keepInside();
        this.draw();
        return;
      }
      this.select(Math.floor(this.top + event.offsetY / this.scale), Math.floor(this.left + event.offsetX / this.scale));
    });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.drag = { x: event.offsetX, y: event.offsetY, left: this.left, top: this.top };
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { this.drag = undefined; });
    canvas.addEventListener("dblclick", (event) => { this.zoom(2, event.offsetX, event.offsetY); });
    // Without focus the wheel scrolls the page, as a reader expects.
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (document.activeElement !== canvas && !event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY / 300), event.offsetX, event.offsetY);
      },
      { passive: false },
    );
    canvas.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (this.key(event.key, event.shiftKey ? 10 : 1)) event.preventDefault();
    });
  }

  private key(key: string, far: number): boolean {
    const moves: Record<string, readonly [number, number]> = { ArrowUp: [-far, 0], ArrowDown: [far, 0], ArrowLeft: [0, -far], ArrowRight: [0, far] };
    const move = moves[key];
    if (move) {
      const row = Math.min(this.options.rows - 1, Math.max(0, this.row + move[0]));
      const column = Math.min(this.options.columns - 1, Math.max(0, this.column + move[1]));
      this.select(row, column);
      this.showCursor();
    } else if (key === "+" || key === "=") this.zoom(1.5);
    else if (key === "-") this.zoom(1 / 1.5);
    else if (key === "0" || key === "Home") this.fit();
    else return false;
    return true;
  }

  private select(row: number, column: number): void {
    if (row < 0 || column < 0 || row >= this.options.rows || column >= this.options.columns) return;
    if (row === this.row && column === this.column) return;
    this.row = row;
    this.column = column;
    this.status.textContent = this.options.say(row, column);
    this.options.onPoint?.(row, column);
    this.draw();
  }

  private resize(): void {
    const width = Math.floor(this.element.clientWidth);
    if (width === 0) return;
    const { rows, columns } = this.options;
    const scale = Math.min(most / 2, width / columns, 460 / rows);
    const height = Math.max(60, Math.ceil(Math.min(460, rows * scale)));
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = `${height}px`;
    this.fit();
  }

  private get width(): number {
    return this.canvas.width / devicePixelRatio;
  }

  private get height(): number {
    return this.canvas.height / devicePixelRatio;
  }

  private get fitting(): number {
    return Math.min(most / 2, this.width / this.options.columns, this.height / this.options.rows);
  }

  private fit(): void {
    this.scale = this.fitting;
    this.left = 0;
    this.top = 0;
    this.draw();
  }

  private zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const begin = performance.now();
    const scale = Math.min(most, Math.max(this.fitting, this.scale * factor));
    this.left += x / this.scale - x / scale;
    this.top += y / this.scale - y / scale;
    this.scale = scale;
    this.keepInside();
    this.draw();
    this.canvas.dataset.stepMs = String(performance.now() - begin);
  }

  private keepInside(): void {
    this.left = Math.max(0, Math.min(this.left, this.options.columns - this.width / this.scale));
    this.top = Math.max(0, Math.min(this.top, this.options.rows - this.height / this.scale));
  }

  private showCursor(): void {
    const across = this.width / this.scale;
    const down = this.height / this.scale;
    if (this.column < this.left || this.column + 1 > this.left + across) this.left = this.column + 0.5 - across / 2;
    if (this.row < this.top || this.row + 1 > this.top + down) this.top = this.row + 0.5 - down / 2;
    this.keepInside();
    this.draw();
  }

  private picture(side: number, top: number, left: number): OffscreenCanvas {
    const key = `${side},${top},${left}`;
    const known = this.pictures.get(key);
    if (known) return known;
    const { options } = this;
    const all = side > 1 && options.overview !== undefined;
    const rows = all ? Math.ceil(options.rows / side) : Math.min(piece, options.rows - top);
    const columns = all ? Math.ceil(options.columns / side) : Math.min(piece, options.columns - left);
    const pixels = side > 1 && options.overview ? options.overview(side) : options.paint(top, left, rows, columns);
    const picture = new OffscreenCanvas(columns, rows);
    // Kept in main memory: it is written once and only read by the browser.
    picture.getContext("2d", { willReadFrequently: true })?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows), 0, 0);
    this.pictures.set(key, picture);
    return picture;
  }

  private drawPictures(context: CanvasRenderingContext2D): void {
    const ratio = devicePixelRatio;
    const side = this.options.overview && this.scale * ratio < 1 ? Math.max(2, 2 ** Math.floor(Math.log2(1 / (this.scale * ratio)))) : 1;
    const scale = ratio * this.scale * side;
    context.imageSmoothingEnabled = side > 1 || scale < 1;
    context.setTransform(scale, 0, 0, scale, -this.left * this.scale * ratio, -this.top * this.scale * ratio);
    if (side > 1) {
      context.drawImage(this.picture(side, 0, 0), 0, 0);
      // The next finer overview is ready when somebody zooms.
      if (side > 2) setTimeout(() => this.picture(side / 2, 0, 0), 50);
      return;
    }
    this.drawPieces(context);
  }

  /** What is not painted yet shows the finest overview and, after some milliseconds, waits for the next turn. */
  private drawPieces(context: CanvasRenderingContext2D): void {
    const begin = performance.now();
    const bottom = Math.min(this.options.rows, this.top + this.height / this.scale);
    const right = Math.min(this.options.columns, this.left + this.width / this.scale);
    const coarse = this.pictures.get("2,0,0");
    if (coarse) context.drawImage(coarse, 0, 0, 2 * coarse.width, 2 * coarse.height);
    let late = false;
    for (let top = piece * Math.floor(this.top / piece); top < bottom; top += piece) {
      for (let left = piece * Math.floor(this.left / piece); left < right; left += piece) {
        if (performance.now() - begin > patience && !this.pictures.has(`1,${top},${left}`)) late = true;
        else context.drawImage(this.picture(1, top, left), left, top);
      }
    }
    if (late) setTimeout(() => { this.draw(); }, 0);
  }

  private draw(): void {
    const context = this.canvas.getContext("2d");
    if (!context || this.canvas.width === 0) return;
    const begin = performance.now();
    const ratio = devicePixelRatio;
    const { rows, columns } = this.options;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.drawPictures(context);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawTiles(context);
    if (this.scale >= written) this.drawNumbers(context);
    if (this.row >= 0 && this.row < rows && this.column < columns) {
      const side = Math.max(3, this.scale);
      const [r, g, b] = rgb("--ink");
      context.strokeStyle = `rgb(${r} ${g} ${b})`;
      context.lineWidth = 1.5;
      context.strokeRect((this.column - this.left) * this.scale, (this.row - this.top) * this.scale, side, side);
    }
    if (!this.drawn) this.canvas.dataset.firstDrawMs = String(performance.now() - begin);
    this.drawn = true;
    this.canvas.dataset.scale = String(this.scale);
  }

  private drawTiles(context: CanvasRenderingContext2D): void {
    const { tile, rows, columns } = this.options;
    if (!tile || this.scale * Math.min(tile[0], tile[1]) < 6) return;
    context.strokeStyle = isDark() ? "rgb(255 255 255 / 45%)" : "rgb(0 0 0 / 40%)";
    context.lineWidth = 1;
    context.beginPath();
    const right = Math.min(this.width, (columns - this.left) * this.scale);
    const bottom = Math.min(this.height, (rows - this.top) * this.scale);
    for (let row = tile[0]; row < rows; row += tile[0]) {
      const y = Math.round((row - this.top) * this.scale) + 0.5;
      context.moveTo(0, y);
      context.lineTo(right, y);
    }
    for (let column = tile[1]; column < columns; column += tile[1]) {
      const x = Math.round((column - this.left) * this.scale) + 0.5;
      context.moveTo(x, 0);
      context.lineTo(x, bottom);
    }
    context.stroke();
  }

  private drawNumbers(context: CanvasRenderingContext2D): void {
    const { write, rows, columns } = this.options;
    if (!write) return;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = isDark() ? "#fff" : "#111";
    for (let row = Math.max(0, Math.floor(this.top)); row < Math.min(rows, this.top + this.height / this.scale); ++row) {
      for (let column = Math.max(0, Math.floor(this.left)); column < Math.min(columns, this.left + this.width / this.scale); ++column)
        context.fillText(write(row, column), (column + 0.5 - this.left) * this.scale, (row + 0.5 - this.top) * this.scale);
    }
  }

  /** The whole matrix, some pixels an entry. */
  private async png(): Promise<void> {
    const { rows, columns } = this.options;
    const side = Math.max(1, Math.floor(1024 / Math.max(rows, columns)));
    const canvas = h("canvas", { width: side * columns, height: side * rows });
    const context = canvas.getContext("2d");
    if (!context) return;
    context.imageSmoothingEnabled = false;
    context.setTransform(side, 0, 0, side, 0, 0);
    for (let top = 0; top < rows; top += piece) {
      for (let left = 0; left < columns; left += piece) context.drawImage(this.picture(1, top, left), left, top);
    }
    save(`${this.options.id}.png`, await blobOf(canvas));
  }
}
