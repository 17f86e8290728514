// Where the figures come from.
import type { PageDocument } from "./data";
import { h, scroller, table } from "./dom";
import { count, seconds } from "./format";
import { panel } from "./panel";

export function provenance(page: PageDocument): HTMLElement {
  const from = page.provenance ?? {};
  const facts: [string, string | Node][] = [["page", `colcomb ${page.version}, schema ${page.schema}`]];
  if (from.made_by?.command) facts.push(["command", h("code", {}, from.made_by.command)]);
  if (from.made_by?.version) facts.push(["run with", `colcomb ${from.made_by.version}`]);
  if (page.dataset) facts.push(["data set", page.dataset]);
  if (from.train_seconds !== undefined) facts.push(["training took", seconds(from.train_seconds)]);
  if (from.origin) facts.push(["packed network", from.origin]);
  if (from.timeline) facts.push(["timeline", h("a", { href: from.timeline }, `${from.timeline} (trace events, for Perfetto; beside this page)`)]);
  const content: HTMLElement[] = [h("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))];
  if (from.files && from.files.length > 0) {
    content.push(
      h("h3", {}, "Files"),
      scroller("Files", table("Files", [{ label: "file" }, { label: "bytes", number: true }, { label: "digest" }], from.files.map((file) => [file.name, count(file.bytes), file.digest]))),
    );
  }
  const fold = (summary: string, child: HTMLElement): HTMLElement => h("details", { class: "numbers" }, h("summary", {}, summary), child);
  if (from.identity) {
    content.push(fold("What decided the numbers: data, network, options, seed", scroller("Identity", table("Identity of the run", [{ label: "name" }, { label: "value" }], from.identity.map(([name, value]) => [name, value])))));
  }
  if (from.specification) content.push(fold("Specification", scroller("Specification", h("pre", {}, from.specification))));
  if (from.sources) content.push(fold("Sources of the energies and areas", h("ul", {}, ...from.sources.map((source) => h("li", {}, h("code", {}, source.id), ` ${source.text}`)))));
  if (from.assumptions) content.push(fold("Assumptions", h("ul", {}, ...from.assumptions.map((one) => h("li", {}, h("code", {}, one.id), ` ${one.text}.`)))));
  if (page.left_out) content.push(h("h3", {}, "Not shown"), h("ul", {}, ...page.left_out.map((left) => h("li", {}, `${left.panel}: ${left.why}`))));
  return panel("provenance", "Provenance", "", ...content);
}
