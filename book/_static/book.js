// A page opened from disk may not read the pages it has found: the search lists them without an excerpt of each.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// An equation wider than its column scrolls by itself; the keyboard must be able to reach it, and skip the others.
const reach = () => {
  for (const box of document.querySelectorAll(".bd-article :is(div.math, mjx-container[display='true'])")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("load", () => window.MathJax?.startup?.promise.then(reach));
addEventListener("resize", reach);

// A figure starts itself; one whose file did not come, or came damaged, cannot say so.
addEventListener("load", () => {
  for (const figure of document.querySelectorAll(".vae-figure[data-figure]:not([data-started])")) {
    const note = figure.querySelector(":scope > .vae-fallback");
    note.textContent = `This figure cannot be shown: the file ${figure.dataset.figure}.js did not load.`;
    note.setAttribute("role", "alert");
  }
});
