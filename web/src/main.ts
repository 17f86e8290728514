import { clipPanel } from "./clip";
import { comparison } from "./comparison";
import { curves } from "./curves";
import { high, low, load, type PageData, type PageDocument, type SummaryItem } from "./data";
import { button, h } from "./dom";
import { count, energy, percent } from "./format";
import { layers } from "./layers";
import { machinePanel } from "./machine";
import { matrices } from "./matrices";
import { isDark, setTheme } from "./palette";
import { panel } from "./panel";
import { explored } from "./points";
import { provenance } from "./provenance";
import { runs } from "./runs";
import { stacks } from "./stacks";
import { tablePanel } from "./tables";
import { tileMap } from "./tiles";
import { training } from "./training";

function value(item: SummaryItem): string {
  if (item.format === "percent") return percent(low(item.value), 2);
  return item.format === "energy" ? energy(item.value) : count(high(item.value));
}

function summary(items: readonly SummaryItem[]): HTMLElement {
  return h("dl", { class: "summary" }, ...items.map((item) => h("div", {}, h("dt", {}, item.label), h("dd", { "data-value": JSON.stringify(item.value) }, value(item)), h("dd", { class: "note" }, item.note))));
}

/** A panel for each part that the document has; none for the others. */
function panels({ document: page, bytes }: PageData): HTMLElement[] {
  const all: HTMLElement[] = [];
  if (page.lesson) all.push(panel("lesson", "What happens", "", h("ol", {}, ...page.lesson.map((sentence) => h("li", {}, sentence)))));
  if (page.curves) all.push(curves(page.curves));
  if (page.tables) all.push(...page.tables.map(tablePanel));
  if (page.points) all.push(...explored(page.points));
  if (page.runs) all.push(...runs(page.runs));
  if (page.comparison) all.push(comparison(page.comparison.rows));
  if (page.epochs) all.push(training(page.epochs));
  if (page.matrices) all.push(matrices(page.matrices, bytes, page.tiles));
  if (page.tiles) all.push(tileMap(page.tiles));
  if (page.clocks ?? page.bytes ?? page.energy) all.push(stacks(page.clocks, page.bytes, page.energy));
  if (page.machine) all.push(machinePanel(page.machine));
  if (page.clip) all.push(clipPanel(page.clip, bytes, page.kind === "lesson"));
  if (page.layers) all.push(layers(page.layers.rows));
  all.push(provenance(page));
  return all;
}

function header(page: PageDocument): HTMLElement {
  const [first, ...more] = page.headline;
  const theme = button(isDark() ? "Light" : "Dark", () => {
    setTheme(isDark() ? "light" : "dark");
    theme.textContent = isDark() ? "Light" : "Dark";
  });
  return h(
    "header",
    {},
    h("div", { class: "brand" }, h("span", {}, `colcomb ${page.kind}`), theme),
    h("h1", {}, page.title),
    h("p", { class: "headline" }, first ?? ""),
    ...more.map((sentence) => h("p", { class: "more" }, sentence)),
    page.summary ? summary(page.summary) : null,
  );
}

function show(data: PageData): void {
  const page = data.document;
  document.title = `${page.title}: colcomb`;
  const sections = panels(data);
  const links = sections.map((section) => h("a", { href: `#${section.id}` }, section.querySelector("h2")?.textContent ?? ""));
  document.getElementById("page")?.replaceChildren(header(page), h("nav", { "aria-label": "Sections" }, ...links), h("main", {}, ...sections));
  document.documentElement.dataset.ready = "yes";
}

load().then(show, (error: unknown) => {
  document.getElementById("page")?.replaceChildren(h("p", { class: "loading" }, `The report's data could not be unpacked: ${String(error)}`));
});
