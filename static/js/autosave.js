/* Drafts save themselves on the server while one types.

   <form data-coi-autosave="URL"> with <input type="hidden" name="revision" value="7"> and a
   [data-coi-save-status]. The form is posted after a second of quiet and when the page is left.
   Answers: 200 {revision, saved_at, merged: {field: value}, conflicts: [{field, …}]};
   409 {url, error}: not saved, because the other window changed the same answers (`url`
   compares them) or because of what `error` says (`url` shows how it stands now).
   Without a connection it is tried again from memory; the browser stores nothing. */
(() => {
    "use strict";

    const QUIET = 1000;
    const SLOWEST = 30000;

    class Autosave {
        constructor(form) {
            this.form = form;
            this.url = form.dataset.coiAutosave;
            this.status =
                form.querySelector("[data-coi-save-status]") ??
                document.querySelector("[data-coi-save-status]");
            this.timer = 0;
            this.busy = false;
            this.changed = false;
            this.stopped = false;
            this.wait = QUIET;
            this.sentValues = this.values();
            form.addEventListener("input", (event) => this.note(event));
            form.addEventListener("change", (event) => this.note(event));
            form.addEventListener("submit", () => this.stop());
            document.addEventListener("visibilitychange", () => {
                if (document.visibilityState === "hidden") this.leave();
            });
            addEventListener("pagehide", () => this.leave());
            addEventListener("online", () => this.changed && this.soon(0));
            addEventListener("pageshow", () => (this.stopped = false));
            addEventListener("beforeunload", (event) => {
                if (this.changed && !this.stopped && !navigator.onLine) event.preventDefault();
            });
        }

        values() {
            const values = new Map();
            for (const [name, value] of new FormData(this.form)) {
                if (typeof value !== "string" || name === "csrfmiddlewaretoken") continue;
                values.set(name, (values.get(name) ?? []).concat(value));
            }
            return values;
        }

        note(event) {
            if (this.stopped || event.target.type === "file" || event.target.type === "hidden") return;
            this.changed = true;
            this.wait = QUIET;
            this.soon(QUIET);
        }

        soon(milliseconds) {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.save(), milliseconds);
        }

        stop() {
            this.stopped = true;
            clearTimeout(this.timer);
        }

        body() {
            const body = new FormData(this.form);
            for (const [name, value] of Array.from(body)) {
                if (value instanceof File) body.delete(name);
            }
            body.set("autosave", "1");
            return body;
        }

        async save() {
            if (this.stopped || !this.changed || this.busy) return;
            this.busy = true;
            this.changed = false;
            this.say("saving");
            const sent = this.values();
            try {
                const answer = await fetch(this.url, {
                    method: "POST",
                    body: this.body(),
                    headers: { Accept: "application/json" },
                    credentials: "same-origin",
                    redirect: "manual",
                });
                await this.take(answer, sent);
            } catch {
                this.later(navigator.onLine ? "failed" : "offline");
            } finally {
                this.busy = false;
            }
            if (this.changed && !this.stopped) this.soon(this.wait);
        }

        async take(answer, sent) {
            if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
                // Signed out, or no longer allowed: loading the page shows which.
                this.say("failed");
                this.stopped = true;
                return;
            }
            if (answer.status >= 500 || answer.status === 429) {
                this.later("failed");
                return;
            }
            const data = await answer.json();
            if (answer.status === 409) {
                this.stopped = true;
                this.say("conflict", "", data.url, data.error);
                return;
            }
            if (!answer.ok) {
                this.say("failed", "", "", data.error);
                return;
            }
            this.wait = QUIET;
            this.sentValues = sent;
            this.setRevision(data.revision);
            const merged = this.merge(data.merged ?? {}, sent);
            if (data.conflicts?.length) this.say("conflict", "", data.url);
            else this.say(merged ? "merged" : "saved", data.saved_at);
        }

        later(state) {
            this.changed = true;
            this.wait = Math.min(this.wait * 2, SLOWEST);
            this.say(state);
        }

        setRevision(revision) {
            const field = this.form.elements.namedItem("revision");
            if (field && revision !== undefined) field.value = revision;
        }

        /* Answers of the other window are taken over, but never over what was typed since. */
        merge(merged, sent) {
            const now = this.values();
            let count = 0;
            for (const [name, value] of Object.entries(merged)) {
                if (String(now.get(name)) !== String(sent.get(name))) continue;
                const field = this.form.elements.namedItem(name);
                if (!field || field === document.activeElement) continue;
                if (field instanceof RadioNodeList) {
                    const wanted = [].concat(value).map(String);
                    for (const box of field) box.checked = wanted.includes(box.value);
                } else if (field.type === "checkbox") {
                    field.checked = value === true || value === field.value;
                } else {
                    field.value = value ?? "";
                }
                count += 1;
            }
            return count;
        }

        /* The page goes away: one last post that outlives it. */
        leave() {
            if (this.stopped || !this.changed || this.busy) return;
            this.changed = false;
            this.busy = true;
            clearTimeout(this.timer);
            fetch(this.url, {
                method: "POST",
                body: this.body(),
                headers: { Accept: "application/json" },
                keepalive: true,
            })
                .then(async (answer) => {
                    if (answer.ok) this.setRevision((await answer.json()).revision);
                    else this.changed = true;
                })
                .catch(() => (this.changed = true))
                .finally(() => (this.busy = false));
        }

        say(state, time = "", url = "", words = "") {
            const line = this.status;
            if (!line) return;
            line.dataset.state = state;
            line.textContent = words || `${line.dataset[state] ?? ""}${time ? ` ${time}` : ""}`;
            if (url && new URL(url, location.href).origin === location.origin) {
                const link = document.createElement("a");
                link.href = url;
                link.textContent = words ? line.dataset.look : line.dataset.compare;
                line.append(" ", link);
            }
        }
    }

    const start = (root) => {
        for (const form of root.querySelectorAll?.("form[data-coi-autosave]") ?? []) {
            if (!form.coiAutosave) form.coiAutosave = new Autosave(form);
        }
    };
    start(document);
    document.addEventListener("htmx:load", (event) => start(event.target));
})();
