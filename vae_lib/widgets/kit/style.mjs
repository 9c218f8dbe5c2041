// The look of every figure, scoped by the class of its card. It knows no figure's content.
//
// Nothing moves by itself, so there is no motion to reduce. Sizes follow the page's text size.

export const STYLE = `
.vae-live { box-sizing: border-box; max-width: 50rem; padding: 1rem; margin: 0; border: 1px solid var(--vae-line);
  border-radius: 0.75rem; background: var(--vae-surface); color: var(--vae-ink); font-size: 1rem; line-height: 1.4;
  text-align: left; }
.vae-live *, .vae-live *::before { box-sizing: border-box; }
.vae-live p, .vae-live canvas { margin: 0; padding: 0; }
.vae-live canvas { display: block; max-width: none; }
.vae-live .vae-title { font-weight: 650; font-size: 1.05em; margin-bottom: 0.6rem; }
.vae-live .vae-muted { color: var(--vae-muted); font-size: 0.85em; }
.vae-live .vae-heading { color: var(--vae-muted); font-size: 0.85em; margin-bottom: 0.3rem; }
.vae-live .vae-number { font-variant-numeric: tabular-nums; }
.vae-live .vae-unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.vae-live .vae-columns { display: grid; column-gap: 1.25rem; row-gap: 0.75rem; align-items: stretch;
  grid-template-columns: minmax(0, calc(50% + 4.1rem)) minmax(0, 1fr); }
.vae-live .vae-side { display: flex; flex-direction: column; }
.vae-live .vae-pad { position: relative; width: 100%; border: 1px solid var(--vae-line); border-radius: 0.4rem;
  overflow: hidden; touch-action: none; cursor: crosshair; user-select: none; -webkit-user-select: none; }
.vae-live .vae-pad canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.vae-live .vae-mark { position: absolute; transform: translate(-50%, -50%); aspect-ratio: 1; min-width: 1rem;
  overflow: visible; pointer-events: none; fill: none; stroke: var(--vae-surface); stroke-width: 6px;
  forced-color-adjust: none; }
.vae-live .vae-mark * { vector-effect: non-scaling-stroke; }
.vae-live .vae-mark .vae-ring { stroke: var(--vae-ink); stroke-width: 2px; }
.vae-live .vae-mark .vae-dot { fill: var(--vae-ink); stroke-width: 3px; paint-order: stroke; }
.vae-live .vae-mark[data-outside] .vae-dot { display: none; }
.vae-live .vae-pad:focus, .vae-live button:focus, .vae-live input:focus { outline: none; }
.vae-live .vae-pad:focus-visible, .vae-live button:focus-visible, .vae-live input:focus-visible {
  outline: 3px solid var(--vae-focus); outline-offset: 2px; }
.vae-live .vae-image { width: 100%; aspect-ratio: 1; border: 1px solid var(--vae-line); border-radius: 0.4rem;
  image-rendering: pixelated; }
.vae-live .vae-slider { display: grid; grid-template-columns: 1.5em minmax(0, 1fr) 4em; align-items: center;
  min-height: 44px; margin: 0; }
.vae-live .vae-slider input { width: 100%; min-width: 0; height: 44px; margin: 0; padding: 0; border: 0;
  background: none; box-shadow: none; accent-color: var(--vae-ink); border-radius: 0.3rem; touch-action: pan-y;
  color-scheme: light; }
.vae-live[data-theme="dark"] .vae-slider input { color-scheme: dark; }
.vae-live .vae-slider .vae-number { text-align: right; }
.vae-live .vae-name { font-style: italic; }
.vae-live .vae-name sub { font-style: normal; font-size: 0.7em; line-height: 0; }
.vae-live .vae-foot { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; margin-top: 0.75rem; }
.vae-live .vae-foot .vae-muted { flex: 1 1 14rem; }
.vae-live button { min-height: 44px; min-width: 44px; padding: 0 1rem; border: 1px solid var(--vae-muted); border-radius: 0.4rem;
  background: var(--vae-surface); color: var(--vae-ink); font: inherit; font-size: 0.92em; cursor: pointer;
  margin: 0; }
.vae-live button[aria-pressed="true"] { background: var(--vae-ink); border-color: var(--vae-ink);
  color: var(--vae-surface); }
.vae-live .vae-sliders { margin-top: auto; }
.vae-live .vae-nearby { padding: 0.45rem 0 0.1rem; }
.vae-live .vae-counts { display: flex; gap: 0 0.45em; min-height: 1.6em; align-items: center; white-space: nowrap;
  overflow: hidden; }
.vae-live .vae-counts span { display: inline-flex; align-items: center; }
.vae-live .vae-counts i { display: inline-flex; flex: none; width: 20px; height: 20px; align-items: center;
  justify-content: center; border: 2px solid; border-radius: 50%; margin-right: 0.3em; font-style: normal;
  font-weight: 700; font-size: 0.8em; line-height: 1; forced-color-adjust: none; }
.vae-live[data-narrow] { padding: 0.75rem; }
.vae-live[data-narrow] .vae-columns { grid-template-columns: minmax(0, 1fr); }
.vae-live[data-narrow] .vae-side { display: grid; grid-template-columns: minmax(0, 46%) minmax(0, 1fr);
  column-gap: 0.9rem; }
.vae-live[data-narrow] .vae-side > :first-child:nth-last-child(2) { justify-self: center; grid-column: 1 / -1;
  max-width: 60%; }
.vae-live[data-narrow] .vae-nearby { padding: 0; }
.vae-live[data-narrow] .vae-counts { flex-direction: column; align-items: flex-start; min-height: 6.8em; }
.vae-live[data-narrow] .vae-sliders { grid-column: 1 / -1; margin-top: 0.3rem; }
.vae-live .vae-error, .vae-figure .vae-error { color: var(--vae-error, inherit); font-weight: 600; }
`;
