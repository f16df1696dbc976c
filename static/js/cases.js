/* Keys of the queue and of a case. Everything they do can be done without them. */
(() => {
    "use strict";

    const rows = () => Array.from(document.querySelectorAll("[data-coi-rows] [data-coi-row]"));
    const linkOf = (row) => row.querySelector("[data-coi-open]");
    const place = () => rows().findIndex((row) => row.contains(document.activeElement));

    const step = (by) => {
        const all = rows();
        if (!all.length) return;
        const now = place();
        const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
        linkOf(all[Math.min(Math.max(next, 0), all.length - 1)]).focus();
    };

    const tick = () => {
        const box = rows()[place()]?.querySelector("input[type=checkbox]");
        if (box) box.checked = !box.checked;
    };

    const help = () => {
        const folded = document.querySelector("[data-coi-keys]")?.closest("details");
        if (!folded) return;
        folded.open = !folded.open;
        folded.querySelector("summary").focus();
    };

    const next = () => document.querySelector("[data-coi-next]")?.click();

    const keys = { j: () => step(1), k: () => step(-1), x: tick, "?": help, n: next };

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
        if (typing || !keys[event.key]) return;
        event.preventDefault();
        keys[event.key]();
    });
})();
