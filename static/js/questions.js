"use strict";
/* Questions that hang on another answer are shown when they are asked. What was typed in a hidden
   one stays where it is; without this script all questions are shown. */
(() => {
    const refresh = (root) => {
        for (const input of root.querySelectorAll("[data-coi-shown-by]")) {
            const field = input.closest(".field");
            const scope = input.form ?? document;
            const deciders = scope.querySelectorAll(`[name="${CSS.escape(input.dataset.coiShownBy)}"]`);
            if (!field || !deciders.length) continue;
            const chosen = [...deciders].filter((one) => !["radio", "checkbox"].includes(one.type) || one.checked);
            const wanted = input.dataset.coiShownFor.split(" ");
            const isAsked = chosen.some((one) => wanted.includes(one.value));
            field.hidden = !isAsked || Boolean(deciders[0].closest(".field")?.hidden);
        }
    };
    refresh(document);
    document.addEventListener("change", (event) => event.target.form && refresh(event.target.form));
    document.addEventListener("htmx:load", (event) => refresh(event.target));
})();
