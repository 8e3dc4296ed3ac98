"use strict";
// A page works without this: it adds buttons that copy, lets the keyboard scroll wide formulas,
// and opens what a link within the page leads to.
for (const block of navigator.clipboard ? document.querySelectorAll("pre.copy") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy " + block.dataset.title;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
  });
  block.before(button);
}
const reach = () => {
  for (const box of document.querySelectorAll(".scroll:not([tabindex]), .symnll p:not([tabindex]), .symnll dd:not([tabindex])")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      if (!box.matches(".scroll")) continue;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Wide: scrolls sideways");
    }
  }
};
addEventListener("resize", reach);
addEventListener("toggle", reach, true);
reach();
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  if (target) target.scrollIntoView();
};
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => document.querySelectorAll("ol.steps details:not(.reason)").forEach((d) => (d.open = true)));
reveal();
