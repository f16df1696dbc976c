/* What the pages do beyond HTML. Every page works without this file.
   Behaviour hangs on data-coi-* attributes; nothing is stored in the browser. */
(() => {
    "use strict";

    const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
    const english = document.documentElement.lang === "en";
    const say = (id, en) => (english ? en : id);
    const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

    /* Menus close on a click outside, on Escape, and when another opens. */
    document.addEventListener("click", (event) => {
        for (const menu of all("[data-coi-menu][open]")) {
            if (!menu.contains(event.target)) menu.open = false;
        }
    });
    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        for (const menu of all("[data-coi-menu][open]")) {
            menu.open = false;
            menu.querySelector("summary").focus();
        }
    });
    document.addEventListener("focusin", (event) => {
        for (const menu of all("[data-coi-menu][open]")) {
            if (!menu.contains(event.target)) menu.open = false;
        }
    });

    /* Appearance without loading the page anew, so that nothing typed is lost. */
    for (const form of all("[data-coi-theme]")) {
        form.addEventListener("submit", async (event) => {
            const button = event.submitter;
            if (!button) return;
            event.preventDefault();
            const body = new URLSearchParams(new FormData(form));
            body.set("theme", button.value);
            const headers = { Accept: "application/json" };
            try {
                const answer = await fetch(form.action, { method: "POST", body, headers });
                if (!answer.ok) throw new Error("refused");
            } catch {
                return;
            }
            document.documentElement.dataset.bsTheme = button.value;
            for (const other of all("[name=theme]", form)) {
                other.toggleAttribute("aria-current", false);
                if (other === button) other.setAttribute("aria-current", "true");
            }
            form.closest("details")?.removeAttribute("open");
        });
    }

    /* Paper has nothing to press: for browsers whose style sheet can't unfold it. */
    addEventListener("beforeprint", () => {
        for (const fold of all("[data-coi-fold]:not([open])")) {
            fold.open = true;
            fold.dataset.coiFold = "printed";
        }
    });
    addEventListener("afterprint", () => {
        for (const fold of all("[data-coi-fold=printed]")) {
            fold.open = false;
            fold.dataset.coiFold = "";
        }
    });

    /* An honest word when the connection is gone. */
    const strip = document.querySelector("[data-coi-offline]");
    const showConnection = () => strip && (strip.hidden = navigator.onLine);
    addEventListener("online", showConnection);
    addEventListener("offline", showConnection);
    showConnection();

    /* The error summary takes the focus; its links go to the field itself. */
    const focusSummary = (root) => root.querySelector?.("[data-coi-error-summary]")?.focus();
    focusSummary(document);
    document.addEventListener("click", (event) => {
        const link = event.target.closest?.("[data-coi-error-summary] a[href^='#']");
        const target = link && document.getElementById(link.hash.slice(1));
        if (!target) return;
        event.preventDefault();
        const field = target.matches("input, select, textarea")
            ? target
            : target.querySelector("input, select, textarea") ?? target;
        target.closest(".field")?.scrollIntoView({ block: "start" });
        field.focus({ preventScroll: true });
    });

    /* A second click sends nothing. The button's own value still goes with the form. */
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
        if (form.dataset.coiSending) {
            event.preventDefault();
            return;
        }
        form.dataset.coiSending = "1";
        event.submitter?.setAttribute("aria-busy", "true");
        setTimeout(() => release(form), 8000);
    });
    const release = (form) => {
        delete form.dataset.coiSending;
        for (const button of all("[aria-busy]", form)) button.removeAttribute("aria-busy");
    };
    addEventListener("pageshow", () => all("form[data-coi-sending]").forEach(release));

    /* A button that slips away between press and release, because something appeared above it, is
       pressed all the same; who slides off it on purpose presses nothing. */
    let pressed = null;
    document.addEventListener("pointerdown", (event) => {
        const button = event.target.closest?.("button, a.btn");
        pressed = button && event.button === 0 ? { button, x: event.clientX, y: event.clientY } : null;
    });
    document.addEventListener("pointerup", (event) => {
        const was = pressed;
        pressed = null;
        if (!was?.button.isConnected || was.button.contains(event.target)) return;
        if (Math.hypot(event.clientX - was.x, event.clientY - was.y) < 8) was.button.click();
    });

    /* Leaving with unsaved text: only on forms that ask for it and don't save by themselves. */
    const dirty = new Set();
    document.addEventListener("input", (event) => {
        const form = event.target.form;
        if (form?.matches("[data-coi-warn-unsaved]")) dirty.add(form);
    });
    document.addEventListener("submit", (event) => dirty.delete(event.target));
    addEventListener("beforeunload", (event) => {
        if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
    });

    /* Characters left, said aloud only near the end; typing is never cut. */
    const number = new Intl.NumberFormat(english ? "en" : "id");
    const countCharacters = (area) => {
        if (area.dataset.coiCounted) return;
        area.dataset.coiCounted = "1";
        const limit = Number(area.dataset.coiCount);
        const line = document.createElement("p");
        line.className = "character-count";
        const spoken = document.createElement("span");
        spoken.className = "visually-hidden";
        spoken.setAttribute("aria-live", "polite");
        area.after(line, spoken);
        const show = () => {
            const left = limit - [...area.value].length;
            line.classList.toggle("is-over", left < 0);
            line.textContent =
                left < 0
                    ? say(`${number.format(-left)} karakter terlalu banyak`, `${number.format(-left)} characters too many`)
                    : say(`Tersisa ${number.format(left)} karakter`, `${number.format(left)} characters left`);
            spoken.textContent = left < limit * 0.1 ? line.textContent : "";
        };
        area.addEventListener("input", show);
        show();
    };

    /* A file may be dropped on its field; too large a file is said before it is sent. */
    const dropZone = (input) => {
        if (input.closest(".drop-zone")) return;
        const zone = document.createElement("div");
        zone.className = "drop-zone";
        const words = document.createElement("span");
        words.textContent = say("Letakkan berkas di sini atau pilih:", "Drop the file here or choose it:");
        const status = document.createElement("p");
        status.className = "field-error";
        status.setAttribute("role", "status");
        input.before(zone);
        zone.append(words, input, status);
        for (const kind of ["dragenter", "dragover"]) {
            zone.addEventListener(kind, (event) => {
                event.preventDefault();
                zone.classList.add("is-over");
            });
        }
        zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
        zone.addEventListener("drop", (event) => {
            event.preventDefault();
            zone.classList.remove("is-over");
            if (!event.dataTransfer.files.length) return;
            input.files = event.dataTransfer.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
        });
        input.addEventListener("change", () => {
            const limit = Number(input.dataset.coiMaxBytes || 0);
            const file = input.files[0];
            const tooBig = limit && file && file.size > limit;
            status.textContent = tooBig
                ? say(`Berkas ini melebihi ${Math.round(limit / 1048576)} MB.`, `This file is larger than ${Math.round(limit / 1048576)} MB.`)
                : "";
        });
    };

    /* A select or a switch that sends its filter form by itself. */
    document.addEventListener("change", (event) => {
        if (event.target.matches("[data-coi-submit-on-change]")) event.target.form.requestSubmit();
    });

    /* All boxes of a list at once. */
    document.addEventListener("change", (event) => {
        const box = event.target;
        if (!box.matches("[data-coi-check-all]")) return;
        for (const other of all(box.dataset.coiCheckAll, box.form ?? document)) other.checked = box.checked;
    });

    /* Removing a row of a repeatable group: the server keeps it until the form is sent. */
    document.addEventListener("click", (event) => {
        const print = event.target.closest?.("[data-coi-print]");
        if (print) window.print();
        /* "Choose": into the field of this page, where there is one; else the form is sent. */
        const choice = event.target.closest?.("[data-coi-fill]");
        const field = choice && document.querySelector(choice.dataset.coiFill);
        if (field) {
            event.preventDefault();
            field.value = choice.value;
            for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
            field.focus();
        }
        const copy = event.target.closest?.("[data-coi-copy]");
        if (copy) {
            navigator.clipboard?.writeText(copy.dataset.coiCopy).then(() => {
                copy.setAttribute("aria-label", say("Tersalin", "Copied"));
            });
        }
    });

    const enhance = (root) => {
        all("[data-coi-count]", root).forEach(countCharacters);
        all("input[type=file][data-coi-drop]", root).forEach(dropZone);
        for (const button of all("[data-coi-print]", root)) button.hidden = false;
    };
    enhance(document);
    document.addEventListener("htmx:load", (event) => enhance(event.target));
    document.addEventListener("htmx:afterSwap", (event) => {
        focusSummary(event.target);
        event.target.querySelector?.("[data-coi-focus]")?.focus();
    });
    document.addEventListener("htmx:responseError", (event) => {
        if (event.detail.xhr.status === 401 || event.detail.xhr.status === 403) location.reload();
    });

    /* Two minutes before the session ends one may stay; then the page says what happened. */
    const dialog = document.querySelector("[data-coi-session-dialog]");
    const seconds = Number(document.body.dataset.coiSessionSeconds || 0);
    if (dialog && seconds) {
        let timers = [];
        const arm = (left) => {
            timers.forEach(clearTimeout);
            timers = [
                setTimeout(() => dialog.showModal(), Math.min(Math.max(0, left - 120) * 1000, 2 ** 31 - 1)),
                setTimeout(() => location.reload(), Math.min((left + 5) * 1000, 2 ** 31 - 1)),
            ];
        };
        arm(seconds);
        dialog.querySelector("[data-coi-session-keep]").addEventListener("click", async () => {
            dialog.close();
            try {
                const answer = await fetch(document.body.dataset.coiSessionUrl, {
                    method: "POST",
                    headers: { "X-CSRFToken": token(), Accept: "application/json" },
                });
                if (answer.ok) arm((await answer.json()).seconds);
                else location.reload();
            } catch {
                arm(90);
            }
        });
    }
})();
