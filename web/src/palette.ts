// Colours by name of the style sheet, so that both themes have their own.
export const colourCount = 10;

export function series(i: number): string {
  return `var(--c${i % colourCount})`;
}

/** The present theme's colours as [red, green, blue]. */
export function rgb(variable: string): [number, number, number] {
  const text = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  const value = parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function seriesRgb(): [number, number, number][] {
  return Array.from({ length: colourCount }, (_, i) => rgb(`--c${i}`));
}

const listeners: (() => void)[] = [];

/** Calls `action` when the theme changes. */
export function onTheme(action: () => void): void {
  listeners.push(action);
}

function tell(): void {
  for (const action of listeners) action();
}

export function setTheme(theme: string): void {
  document.documentElement.dataset.theme = theme;
  tell();
}

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
