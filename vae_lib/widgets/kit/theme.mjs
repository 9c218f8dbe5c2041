// Light or dark, and the colours of both. It knows no figure.
import PALETTE from "../palette.json" with { type: "json" };

/**
 * Ten class colours are many: on either ground any two lie at least 15 units of CIE Lab apart for normal and for
 * dichromatic eyes, and a figure never says a class by its colour alone. The light ones are the still pictures'.
 */
export const COLOURS = PALETTE;

/** Whether the page that shows the figure is dark: what it says of itself, else what the reader's system prefers. */
export function isDark(page = document, prefersDark = matchMedia("(prefers-color-scheme: dark)").matches) {
  const { dataset } = page.documentElement;
  const body = page.body?.dataset ?? {};
  if (dataset.theme === "dark" || dataset.theme === "light") return dataset.theme === "dark";
  if (body.jpThemeLight) return body.jpThemeLight === "false";
  if (body.vscodeThemeKind) return !body.vscodeThemeKind.includes("light");
  const colab = page.documentElement.getAttribute("theme");
  if (colab === "dark" || colab === "light") return colab === "dark";
  return prefersDark;
}

/** Calls `changed` whenever the page may have turned light or dark; gives back the function that stops it. */
export function watchTheme(changed) {
  const observer = new MutationObserver(changed);
  const attributeFilter = ["data-theme", "theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  observer.observe(document.documentElement, { attributes: true, attributeFilter });
  if (document.body) observer.observe(document.body, { attributes: true, attributeFilter });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", changed);
  };
}
