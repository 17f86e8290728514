// The frame of every figure: heading, sentence, the figure, its data as a table, and its files.
import { h, scroller, table, button, type Column } from "./dom";

const properties = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family", "font-weight", "text-anchor", "fill-opacity", "stroke-opacity"];

/** A copy that needs no style sheet: colours of the present theme, written out. */
function standalone(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const to = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    to[i]?.removeAttribute("style");
    for (const property of properties) to[i]?.setAttribute(property, style.getPropertyValue(property));
  });
  for (const sheet of copy.querySelectorAll("style")) sheet.remove();
  const box = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(Math.ceil(box.width)));
  copy.setAttribute("height", String(Math.ceil(box.height)));
  copy.style.setProperty("background", getComputedStyle(document.body).backgroundColor);
  return copy;
}

export function svgText(svg: SVGSVGElement): string {
  return new XMLSerializer().serializeToString(standalone(svg));
}

function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 1000);
}

async function pngOf(svg: SVGSVGElement): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = h("canvas", { width: 2 * image.width, height: 2 * image.height });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no canvas");
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return blobOf(canvas);
}

export function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("the canvas gives no picture"));
    });
  });
}

export interface Twin {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** A panel; `files` stand in its corner. */
export function panel(id: string, title: string, sentence: string, ...content: (Node | string)[]): HTMLElement {
  return h(
    "section",
    { class: "panel", id, "aria-labelledby": `${id}-title` },
    h("div", { class: "panel-head" }, h("h2", { id: `${id}-title` }, title), h("div", { class: "files" })),
    sentence === "" ? null : h("p", { class: "sentence" }, sentence),
    ...content,
  );
}

export function addFiles(section: HTMLElement, label: string, buttons: readonly HTMLButtonElement[]): void {
  for (const element of buttons) element.setAttribute("aria-label", `${label} as ${element.textContent}`);
  section.querySelector(".files")?.append(...buttons);
}

/** A chart in a panel: drawn by `draw` for a width, again when the width changes. */
export function chart(id: string, label: string, draw: (width: number) => SVGSVGElement | HTMLElement, twin: Twin, legend?: Node): HTMLElement {
  const place = h("div", { class: "chart", "data-figure": id });
  let width = 0;
  const redraw = (): void => {
    const now = Math.floor(place.clientWidth);
    if (now === width || now === 0) return;
    width = now;
    const figure = draw(width);
    const svg = figure instanceof SVGSVGElement ? figure : figure.querySelector<SVGSVGElement>("svg:last-of-type");
    svg?.setAttribute("role", "img");
    svg?.setAttribute("aria-label", `${label}. The table below has its numbers.`);
    // What a mark says is for tests and scripts; readers have the table.
    for (const mark of figure.querySelectorAll<SVGElement>("[aria-label]:not(svg, div)")) {
      mark.dataset.says = mark.getAttribute("aria-label") ?? "";
      mark.removeAttribute("aria-label");
    }
    place.replaceChildren(figure);
  };
  new ResizeObserver(redraw).observe(place);
  const current = (): SVGSVGElement | null => place.querySelector("svg");
  const files = h(
    "div",
    { class: "files inner" },
    button(
      "SVG",
      () => {
        const svg = current();
        if (svg) save(`${id}.svg`, new Blob([svgText(svg)], { type: "image/svg+xml" }));
      },
      { "aria-label": `${label} as SVG` },
    ),
    button(
      "PNG",
      () => {
        const svg = current();
        if (svg) void pngOf(svg).then((blob) => { save(`${id}.png`, blob); });
      },
      { "aria-label": `${label} as PNG` },
    ),
  );
  const numbers = h("details", { class: "numbers" }, h("summary", {}, "Numbers"), scroller(`${label}: numbers`, table(label, twin.columns, twin.rows)));
  return h("div", { class: "figure" }, h("div", { class: "figure-head" }, h("h3", {}, label), files), legend ?? "", place, numbers);
}

export { save };
