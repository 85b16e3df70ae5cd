// The drawer "平台故障": the common misbehaviours of the platform, each with a switch.

import { api } from "./api.js";
import { onDismiss } from "./dismiss.js";
import { button, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { PRESETS, RATES } from "./fault_presets.js";
import { on, state, tell } from "./state.js";
import { attempt, toast } from "./toasts.js";

const view = { active: [], rate: 1, drawer: null };

on("directory", () => attempt(load));

export async function openFaults() {
  if (view.drawer) return;
  const dialog = el("dialog", { class: "drawer", "aria-label": "平台故障", testid: "faults-drawer" });
  const release = onDismiss(() => dialog.close());
  view.drawer = dialog;
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    release();
    dialog.remove();
    view.drawer = null;
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
  await attempt(load);
}

async function load() {
  const answer = await api.faults();
  view.active = Array.isArray(answer) ? answer : (answer.items ?? answer.faults ?? []);
  tell("faults", view.active.length);
  draw();
}

function draw() {
  if (!view.drawer) return;
  const focused = document.activeElement?.dataset?.testid;
  const others = view.active.filter((fault) => !PRESETS.some((preset) => isSame(preset.fault, fault)));
  fill(
    view.drawer,
    el(
      "div",
      { class: "drawer-body" },
      el(
        "div",
        { class: "sheet-head" },
        el("h2", {}, "平台故障"),
        button(
          "",
          () => view.drawer.close(),
          { class: "icon-button", "aria-label": "关闭", testid: "faults-close" },
          icon("close", 20),
        ),
      ),
      el("p", { class: "sheet-note" }, "打开一项，平台就会那样出错，看看业务端怎样应对。"),
      rateChoice(),
      el("ul", { class: "fault-list" }, PRESETS.map(presetRow)),
      others.length > 0 && el("ul", { class: "fault-list", "aria-label": "其他故障" }, others.map(otherRow)),
      tokenButtons(),
      view.active.length > 0 &&
        button("全部恢复正常", () => change(api.dropFaults), {
          class: "button button-wide button-primary",
          testid: "faults-clear",
        }),
    ),
  );
  if (focused) view.drawer.querySelector(`[data-testid="${focused}"]`)?.focus();
}

function rateChoice() {
  return el(
    "div",
    { class: "rate-row" },
    el("span", {}, "多久一次"),
    el(
      "div",
      { class: "segments", role: "group", "aria-label": "多久出错一次" },
      RATES.map(([label, rate]) =>
        button(
          label,
          () => {
            view.rate = rate;
            draw();
          },
          { class: "segment", "aria-pressed": String(rate === view.rate), testid: `rate-${rate}` },
        ),
      ),
    ),
  );
}

function presetRow(preset) {
  const active = view.active.find((fault) => isSame(preset.fault, fault));
  const toggle = () =>
    change(() =>
      active ? api.dropFault(active.id) : api.addFault({ ...preset.fault, times: null, rate: view.rate }),
    );
  return el(
    "li",
    {},
    button(
      "",
      toggle,
      {
        class: "switch-row",
        role: "switch",
        "aria-checked": String(Boolean(active)),
        testid: `fault-${preset.name}`,
      },
      el("span", { class: "option-text" }, preset.label, el("small", {}, preset.hint + rateWords(active))),
      el("i", { class: "switch" }),
    ),
  );
}

function otherRow(fault) {
  return el(
    "li",
    {},
    button(
      "",
      () => change(() => api.dropFault(fault.id)),
      { class: "switch-row", role: "switch", "aria-checked": "true" },
      el("span", { class: "option-text" }, fault.fault, el("small", {}, `${fault.path}${rateWords(fault)}`)),
      el("i", { class: "switch" }),
    ),
  );
}

function tokenButtons() {
  const invalidate = async ({ app_id, name }) =>
    (await attempt(() => api.invalidateToken(app_id))) && toast(`「${name}」现在的令牌已作废`);
  return el(
    "div",
    { class: "token-buttons" },
    el("p", { class: "sheet-note" }, "只作废一次现在的令牌："),
    state.accounts.map((account) =>
      button(account.name, () => invalidate(account), {
        class: "chip",
        testid: `invalidate-${account.app_id}`,
      }),
    ),
  );
}

function rateWords(fault) {
  return fault && fault.rate < 1
    ? ` · ${RATES.find(([, rate]) => rate === fault.rate)?.[0] ?? fault.rate}`
    : "";
}

function isSame(preset, fault) {
  const sameCode = preset.errcode === undefined || preset.errcode === fault.errcode;
  return preset.path === fault.path && preset.fault === fault.fault && sameCode;
}

async function change(act) {
  await attempt(act);
  await attempt(load);
}
