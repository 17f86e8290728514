// The document that the page shows (docs/reference/page.md): all figures were computed before.

/** A number, or the least and the most of a range. */
export type Figure = number | readonly [number, number];

export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

export interface SummaryItem {
  readonly label: string;
  readonly value: Figure;
  readonly format: "percent" | "count" | "energy";
  readonly note: string;
}

export interface Epoch {
  readonly epoch: number;
  readonly test_top1: number;
  readonly validation_top1?: number | null;
  readonly nonzeros: number;
  readonly utilization: number;
  readonly pruned: boolean;
}

export interface Setting {
  readonly setting: string;
  readonly interval: number;
  readonly latency: number;
  readonly frames_per_second: number;
  readonly array_cells: number;
  readonly cell_utilization: number;
  readonly energy?: Figure;
}

export interface Term {
  readonly name: string;
  readonly label: string;
  readonly sentence?: string;
  readonly known?: boolean;
  readonly parts?: readonly { readonly name: string; readonly formula: string }[];
}

export interface StackRow {
  readonly name: string;
  readonly values: readonly Figure[];
  readonly total?: Figure;
  readonly dram?: Figure;
  readonly parts?: readonly (readonly (readonly [string, number, number])[])[];
}

export interface Stack {
  readonly unit: string;
  readonly terms: readonly Term[];
  readonly rows: readonly StackRow[];
  readonly technology?: string;
  readonly node_nm?: number;
  readonly network?: StackRow;
  readonly absent?: readonly { readonly part: string; readonly why: string }[];
}

export type Point = readonly [number, number];

export interface Machine {
  readonly name: string;
  readonly images: number;
  readonly sentence: string;
  readonly blocks: readonly {
    readonly id: string;
    readonly label: string;
    readonly size: string;
    readonly note?: string;
    readonly box: readonly [number, number, number, number];
  }[];
  readonly flows: readonly {
    readonly from: string;
    readonly to: string;
    readonly points: readonly Point[];
    readonly counter?: string;
    readonly count?: number;
    readonly label?: Point;
  }[];
  readonly counters: Readonly<Record<string, { readonly unit: string; readonly sentence: string }>>;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Layer {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly alpha: number;
  readonly groups: number;
  readonly nonzeros_before: number;
  readonly nonzeros: number;
  readonly utilization: number;
  readonly retained_magnitude: number;
  readonly retained_magnitude_bound?: number;
  readonly tiles_before: number;
  readonly tiles: number;
  readonly tiles_gain?: number;
  readonly clocks?: number;
  readonly time_utilization?: number;
  readonly energy?: Figure;
  readonly sentences: readonly string[];
}

export interface TileInfo {
  readonly tile: number;
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly groups: number;
  readonly words: number;
  readonly word_begin: number;
  readonly cells: number;
  readonly nonzeros: number;
  readonly utilization: number;
  readonly clocks: number;
}

export interface Tiles {
  readonly rows: number;
  readonly columns: number;
  readonly layers: readonly { readonly name: string; readonly tiles: readonly TileInfo[] }[];
}

export interface Blocks extends Place {
  readonly rows: number;
  readonly columns: number;
}

export interface MatrixInfo {
  readonly name: string;
  readonly kind: string;
  readonly rows: number;
  readonly columns: number;
  readonly groups?: readonly (readonly number[])[];
  readonly channels?: readonly (readonly [number, number, number])[];
  readonly values?: Place;
  readonly selects?: Place;
  readonly block?: number;
  readonly group_count?: number;
  readonly before_blocks?: Blocks;
  readonly after_blocks?: Blocks;
}

export interface Clip {
  readonly layer: string;
  readonly tile: number;
  readonly image: string;
  readonly row_begin: number;
  readonly rows: number;
  readonly words: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly groups: readonly number[];
  readonly columns: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
  readonly selects: readonly (readonly number[])[];
  readonly array: {
    readonly rows: number;
    readonly columns: number;
    readonly alpha: number;
    readonly cell: string;
    readonly accumulation_bits: number;
    readonly streams: number;
    readonly word_interval: number;
  };
  readonly first_clock: number;
  readonly clocks: number;
  readonly begin: number;
  readonly data_bytes: number;
  readonly cells: Place;
  readonly inputs: Place;
  readonly results: readonly (readonly [number, number, number, number])[];
}

export interface Curve {
  readonly title: string;
  readonly x: { readonly label: string; readonly format: string };
  readonly y: { readonly label: string; readonly format: string };
  readonly series: readonly {
    readonly name: string;
    readonly line?: boolean;
    readonly points: readonly {
      readonly x: number;
      readonly y: number;
      readonly low?: number;
      readonly high?: number;
      readonly label?: string;
      readonly paper?: boolean;
    }[];
  }[];
}

export interface ExploredPoint {
  readonly index: number;
  readonly point: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly results: Readonly<Record<string, number>>;
  readonly paper: boolean;
  readonly error?: string;
}

export interface Points {
  readonly varied: readonly string[];
  readonly columns: readonly { readonly name: string; readonly unit: string; readonly sentence: string }[];
  readonly rows: readonly ExploredPoint[];
  readonly plots: readonly {
    readonly x: string;
    readonly y: string;
    readonly y_more_is_better: boolean;
    readonly points: readonly number[];
    readonly front: readonly number[];
  }[];
}

export interface Run {
  readonly name: string;
  readonly dataset: string;
  readonly array?: string;
  readonly top1: number;
  readonly nonzeros: number;
  readonly groups: number;
  readonly tiles: number;
  readonly utilization: number;
  readonly interval?: number;
  readonly latency?: number;
  readonly energy?: Figure;
}

export interface Runs {
  readonly rows: readonly Run[];
  readonly differences: readonly { readonly name: string; readonly values: readonly (string | null)[] }[];
}

export interface Text {
  readonly id: string;
  readonly text: string;
}

export interface Provenance {
  readonly made_by?: { readonly version?: string; readonly command?: string };
  readonly origin?: string;
  readonly train_seconds?: number;
  readonly files?: readonly { readonly name: string; readonly bytes: number; readonly digest: string }[];
  readonly identity?: readonly (readonly [string, string])[];
  readonly sources?: readonly Text[];
  readonly assumptions?: readonly Text[];
  readonly timeline?: string;
  readonly specification?: string;
}

/** One of the paper's figures or tables, computed, with the paper's values. */
export interface ExperimentTable {
  readonly name: string;
  readonly stands_for: string;
  readonly columns: readonly { readonly name: string; readonly title: string; readonly unit: string }[];
  readonly rows: readonly {
    readonly setting: string;
    readonly values: Readonly<Partial<Record<string, number | string>>>;
    readonly paper: Readonly<Partial<Record<string, { readonly value: number; readonly status: string }>>>;
  }[];
  readonly notes: readonly string[];
  readonly deviations: readonly string[];
  readonly figure?: string;
}

export interface PageDocument {
  readonly schema: number;
  readonly kind: "run" | "exploration" | "experiment" | "comparison" | "lesson";
  readonly title: string;
  readonly version: string;
  readonly dataset?: string;
  readonly headline: readonly string[];
  readonly lesson?: readonly string[];
  readonly summary?: readonly SummaryItem[];
  readonly epochs?: { readonly weights: number; readonly rows: readonly Epoch[] };
  readonly comparison?: { readonly rows: readonly Setting[] };
  readonly clocks?: Stack;
  readonly bytes?: Stack;
  readonly energy?: Stack;
  readonly machine?: Machine;
  readonly layers?: { readonly rows: readonly Layer[] };
  readonly tiles?: Tiles;
  readonly matrices?: readonly MatrixInfo[];
  readonly clip?: Clip;
  readonly curves?: readonly Curve[];
  readonly points?: Points;
  readonly runs?: Runs;
  readonly tables?: readonly ExperimentTable[];
  readonly provenance?: Provenance;
  readonly left_out?: readonly { readonly panel: string; readonly why: string }[];
}

export interface PageData {
  readonly document: PageDocument;
  readonly bytes: Uint8Array;
}

async function inflated(id: string): Promise<Uint8Array> {
  const text = document.getElementById(id)?.textContent ?? "";
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function load(): Promise<PageData> {
  const [json, bytes] = await Promise.all([inflated("document"), inflated("bytes")]);
  return { document: JSON.parse(new TextDecoder().decode(json)) as PageDocument, bytes };
}

/** The bytes of a place, as they lie in the page. */
export function at(bytes: Uint8Array, place: Place): Uint8Array {
  return bytes.subarray(place.offset, place.offset + place.bytes);
}

export function low(figure: Figure): number {
  return typeof figure === "number" ? figure : figure[0];
}

export function high(figure: Figure): number {
  return typeof figure === "number" ? figure : figure[1];
}
