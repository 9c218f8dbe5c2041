// A page opened from disk may not read the pages it has found: the search lists them without an excerpt of each.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// An equation wider than its column scrolls by itself; the keyboard must be able to reach it, and skip the others.
// One in a line of text does so too, and stands on a line of its own; in a table the table scrolls.
const reach = () => {
  for (const formula of document.querySelectorAll(".bd-article span.math")) {
    const column = formula.closest("table") ? Infinity : formula.parentElement.clientWidth || Infinity;
    formula.classList.toggle("wide", formula.querySelector("svg")?.getBoundingClientRect().width > column);
  }
  for (const box of document.querySelectorAll(".bd-article :is(.math, mjx-container[display='true'])")) {
    const scrolls = box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === "auto";
    box.classList.toggle("scrolls", scrolls);
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
// The article also changes its size when a solution is opened, whose formulas had none before.
addEventListener("load", () =>
  window.MathJax?.startup?.promise.then(() => new ResizeObserver(reach).observe(document.querySelector(".bd-article"))),
);

// A figure starts itself; one whose file did not come, or came damaged, cannot say so.
addEventListener("load", () => {
  for (const figure of document.querySelectorAll(".vae-figure[data-figure]:not([data-started])")) {
    const note = figure.querySelector(":scope > .vae-fallback");
    note.textContent = `This figure cannot be shown: the file ${figure.dataset.figure}.js did not load.`;
    note.setAttribute("role", "alert");
  }
});

// What an address names may have moved, with its section, to a chapter of its own: the page brings a list of these.
const moved = document.getElementById("moved");
const follow = () => {
  const name = decodeURIComponent(location.hash.slice(1));
  const page = !document.getElementById(name) && JSON.parse(moved.dataset.pages)[name];
  if (page) location.replace(`${page}#${name}`);
};
if (moved) follow(), addEventListener("hashchange", follow);
