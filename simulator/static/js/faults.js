// The drawer "平台故障": presets with a switch each, a form for any fault, and what is set now.

import { api } from "./api.js";
import { openDrawer } from "./drawer.js";
import { button, el } from "./dom.js";
import { faultForm } from "./fault_form.js";
import { GROUPS, PRESETS, RATES } from "./fault_presets.js";
import { on, state, tell } from "./state.js";
import { attempt, toast } from "./toasts.js";

const view = { active: [], kinds: null, rate: 1, drawer: null, form: null };

on("directory", () => attempt(load));

export async function openFaults() {
  if (view.drawer) return;
  view.drawer = openDrawer({
    title: "平台故障",
    testid: "faults-drawer",
    onclose: () => Object.assign(view, { drawer: null, form: null }),
  });
  await attempt(async () => {
    view.kinds ??= await api.faultKinds();
    view.form = faultForm(view.kinds, (fault) => change(() => api.addFault(fault)));
    await load();
  });
}

async function load() {
  const { items } = await api.faults();
  view.active = items;
  tell("faults", view.active.length);
  draw();
}

function draw() {
  const others = view.active.filter((fault) => !PRESETS.some((preset) => isSame(preset.fault, fault)));
  view.drawer?.show(
    el("p", { class: "sheet-note" }, "打开一项，平台就会那样出错，看看业务端怎样应对。"),
    rateChoice(),
    GROUPS.map(group),
    others.length > 0 && section("自己设置的", others.map(otherRow), "other"),
    view.form,
    tokenButtons(),
    view.active.length > 0 &&
      button("全部恢复正常", () => change(api.dropFaults), {
        class: "button button-wide button-primary",
        testid: "faults-clear",
      }),
  );
}

function group({ title, hint, name, presets }) {
  return section(title, presets.map(presetRow), name, hint);
}

function section(title, rows, name, hint) {
  return el(
    "section",
    { class: `fault-group fault-group-${name}` },
    el("h3", {}, title, hint && el("small", {}, hint)),
    el("ul", { class: "fault-list" }, rows),
  );
}

function rateChoice() {
  const pick = (rate) => {
    view.rate = rate;
    draw();
  };
  return el(
    "div",
    { class: "rate-row" },
    el("span", {}, "多久一次"),
    el(
      "div",
      { class: "segments", role: "group", "aria-label": "多久出错一次" },
      RATES.map(([label, rate]) =>
        button(label, () => pick(rate), {
          class: "segment",
          "aria-pressed": String(rate === view.rate),
          testid: `rate-${rate}`,
        }),
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
  const words = preset.hint + frequency(active);
  return el("li", {}, switchRow(Boolean(active), toggle, `fault-${preset.name}`, preset.label, words));
}

function otherRow(fault) {
  const title = [...view.kinds.calls, ...view.kinds.pushes].find(
    ({ fault: kind }) => kind === fault.fault,
  )?.title;
  const code = fault.fault === "errcode" ? ` ${fault.errcode}` : "";
  const words = [fault.path, fault.app_id, fault.openid].filter(Boolean).join(" · ") + frequency(fault);
  const drop = () => change(() => api.dropFault(fault.id));
  return el(
    "li",
    {},
    switchRow(true, drop, `fault-other-${fault.id}`, `${title ?? fault.fault}${code}`, words),
  );
}

function switchRow(on, toggle, testid, label, hint) {
  return button(
    "",
    toggle,
    { class: "switch-row", role: "switch", "aria-checked": String(on), testid },
    el("span", { class: "option-text" }, label, el("small", {}, hint)),
    el("i", { class: "switch" }),
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

function frequency(fault) {
  if (!fault) return "";
  const rate = RATES.find(([, value]) => value === fault.rate)?.[0] ?? `${Math.round(fault.rate * 100)}%`;
  return [
    fault.rate < 1 && rate,
    fault.times ? `${fault.hits}/${fault.times} 次` : fault.hits > 0 && `已发生 ${fault.hits} 次`,
  ]
    .filter(Boolean)
    .map((words) => ` · ${words}`)
    .join("");
}

function isSame(preset, fault) {
  const sameCode = preset.errcode === undefined || preset.errcode === fault.errcode;
  const plain = !fault.app_id && !fault.openid && fault.times === null;
  return plain && preset.path === fault.path && preset.fault === fault.fault && sameCode;
}

async function change(act) {
  await attempt(act);
  await attempt(load);
}
