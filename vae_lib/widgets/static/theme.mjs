// Light or dark, and the colours of both. It knows no figure.

/**
 * Ten class colours are many: on either ground any two lie at least 15 units of CIE Lab apart for normal and for
 * dichromatic eyes, and a figure never says a class by its colour alone. The light ones are the still pictures'.
 */
export const COLOURS = {
  light: {
    surface: "#ffffff",
    ink: "#1c2128",
    muted: "#5b6570",
    line: "#d5dae0",
    wash: "#f3f5f7",
    focus: "#0b63ce",
    error: "#a8071a",
    classes: [
      "#332288", "#88ccee", "#117733", "#ddaa33", "#cc6677",
      "#aa4499", "#44aa99", "#882255", "#9a68fe", "#661100",
    ],
  },
  dark: {
    surface: "#14181e",
    ink: "#e8ebef",
    muted: "#a0a9b4",
    line: "#3a424d",
    wash: "#222831",
    focus: "#7ab7ff",
    error: "#ff9a9a",
    classes: [
      "#6f5ef1", "#38a8f8", "#c4ea86", "#eadc2c", "#dc6862",
      "#a35472", "#9effc9", "#eb9ac7", "#895aa4", "#dc361e",
    ],
  },
};

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
