// The laboratory's own style. It knows no content.

export const LAB_LOOK = `
.vae-live .vae-lab-bar { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.vae-live select, .vae-live input[type="text"] { min-height: 44px; min-width: 44px; padding: 0 0.6rem; margin: 0;
  border: 1px solid var(--vae-muted); border-radius: 0.4rem; background: var(--vae-surface); color: var(--vae-ink);
  font: inherit; font-size: 0.92em; box-shadow: none; }
.vae-live[data-theme="dark"] select { color-scheme: dark; }
.vae-live select:focus-visible { outline: 3px solid var(--vae-focus); outline-offset: 2px; }
.vae-live [hidden] { display: none !important; }
.vae-lab-bar select { flex: 1 1 18rem; max-width: 100%; font-weight: 600; }
.vae-live .vae-lab-play { min-width: 6.2rem; font-weight: 700; background: var(--vae-ink); color: var(--vae-surface);
  border-color: var(--vae-ink); }
.vae-live button[data-pending] { border-color: var(--vae-focus); box-shadow: 0 0 0 2px var(--vae-focus);
  font-weight: 700; }
.vae-live button:disabled { opacity: 0.45; cursor: default; }
.vae-live .vae-lab-count { margin-left: auto; font-size: 0.92em; text-align: right; }
.vae-live .vae-lab-sentence { margin: 0.7rem 0 0; min-height: 2.8em; }
.vae-live .vae-lab-note { margin: 0.3rem 0 0.6rem; min-height: 1.4em; font-size: 0.92em; font-weight: 600; }
.vae-lab-main { display: grid; gap: 0.4rem 1.25rem; grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); }
.vae-lab-row { display: grid; grid-template-columns: 6.4em minmax(0, 1fr) 5.2em; gap: 0 0.6em; align-items: center;
  min-height: 46px; }
.vae-lab-row label, .vae-lab-choice label, .vae-lab-choice > span { font-size: 0.92em; line-height: 1.2; }
.vae-live .vae-lab-row input[type="range"] { width: 100%; min-width: 44px; height: 44px; margin: 0; padding: 0;
  border: 0;
  background: none; accent-color: var(--vae-ink); touch-action: pan-y; border-radius: 0.3rem; color-scheme: light; }
.vae-live[data-theme="dark"] .vae-lab-row input[type="range"] { color-scheme: dark; }
.vae-live .vae-lab-row input[type="text"] { width: 100%; text-align: right; font-variant-numeric: tabular-nums; }
.vae-live .vae-lab-row input[aria-invalid] { border-color: var(--vae-error); }
.vae-live .vae-lab-row .vae-error { grid-column: 1 / -1; font-size: 0.85em; }
.vae-live .vae-lab-switches { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.35rem; }
.vae-lab-now { display: grid; grid-template-columns: minmax(0, 1.12fr) minmax(0, 1.5fr); gap: 0.9rem; }
.vae-lab-three { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0.3rem; }
.vae-live .vae-lab-caption { font-size: 0.82em; color: var(--vae-muted); line-height: 1.3; padding-top: 0.25rem;
  min-height: 2.6em; }
.vae-live .vae-lab-three .vae-lab-caption { min-height: 0; text-align: center; white-space: nowrap; }
.vae-live .vae-lab-code { min-height: 3.9em; }
.vae-lab-strip { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 0.3rem; }
.vae-live .vae-lab-strip button { padding: 2px; display: grid; gap: 2px; border-color: var(--vae-line); }
.vae-live .vae-lab-strip .vae-image { border: 0; border-radius: 0.2rem; }
.vae-live .vae-lab-strip button[aria-checked="true"] { border-color: var(--vae-ink);
  box-shadow: 0 0 0 2px var(--vae-ink); }
.vae-live .vae-lab-part { margin-top: 0.7rem; }
.vae-live .vae-lab-sheet .vae-image { aspect-ratio: auto; }
.vae-lab-charts { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0.4rem 1.25rem;
  margin-top: 0.9rem; }
.vae-lab-charts canvas { width: 100%; height: 14.5rem; }
.vae-live table.vae-lab-table { width: 100%; margin: 0.4rem 0 0; border-collapse: collapse; font-size: 0.85em;
  display: table;
  table-layout: auto; }
.vae-live .vae-lab-table th, .vae-live .vae-lab-table td { padding: 0.12rem 0.35rem; text-align: right; border: 0;
  border-top: 1px solid var(--vae-line); font-weight: 400; background: none; color: inherit; white-space: nowrap; }
.vae-live .vae-lab-table thead th { color: var(--vae-muted); border: 0; white-space: normal; }
.vae-live .vae-lab-table tr > :first-child { text-align: left; padding-left: 0; }
.vae-lab-table i { display: inline-block; width: 1em; border-top: 3px solid; margin-right: 0.4em;
  vertical-align: middle;
  forced-color-adjust: none; }
.vae-live .vae-lab-more { margin-top: 0.9rem; padding-top: 0.6rem; border-top: 1px solid var(--vae-line); }
.vae-lab-grid { display: flex; flex-wrap: wrap; gap: 0.5rem 0.9rem; align-items: end; }
.vae-lab-choice { display: grid; gap: 0.2rem; }
.vae-lab-digits { display: flex; flex-wrap: wrap; gap: 0.3rem; }
.vae-live .vae-lab-digits button { padding: 0; color: var(--vae-muted); border: 1px dashed var(--vae-line); }
.vae-live .vae-lab-digits button[aria-pressed="true"] { background: var(--vae-wash); color: var(--vae-ink);
  font-weight: 700;
  border: 1px solid var(--vae-ink); }
.vae-live .vae-lab-open { display: none; }
.vae-live .vae-lab-link { flex: 1 1 100%; }
.vae-live .vae-lab-link input { width: 100%; }
.vae-live .vae-lab-pad .vae-pad { aspect-ratio: 1; }
.vae-live[data-narrow] .vae-lab-main, .vae-live[data-narrow] .vae-lab-charts { grid-template-columns: minmax(0, 1fr); }
.vae-live[data-narrow] .vae-lab-count { flex: 1 1 100%; text-align: left; margin: 0; }
.vae-live[data-narrow] .vae-lab-bar button { flex: 1 1 auto; padding: 0 0.6rem; }
.vae-live[data-narrow] .vae-lab-bar select { flex: 1 1 100%; }
.vae-live[data-narrow] .vae-lab-open { display: block; width: 100%; margin-top: 0.9rem; }
.vae-live[data-narrow] .vae-lab-more:not([data-open]) { display: none; }
.vae-live[data-narrow] .vae-lab-row { grid-template-columns: 5.4em minmax(0, 1fr) 4.6em; }
.vae-live[data-narrow] .vae-lab-charts canvas { height: 13rem; }
`;
