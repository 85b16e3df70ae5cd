// 订阅消息: the page of a mini-program or a web page asks for up to five templates, and the phone's pop-up decides.

import { act } from "./actions.js";
import { api } from "./api.js";
import { button, el } from "./dom.js";
import { closeSheet, openSheet } from "./sheets.js";
import { currentAccount, isMiniProgram, state } from "./state.js";
import { attempt, toast } from "./toasts.js";

const MOST = 5;
const LONG_TERM = 3;
const WORDS = { accept: "已允许", reject: "已拒绝", ban: "已被封禁", filter: "因同名被略过" };

/** The page's side: which templates to ask for. */
export async function openSubscribeSheet() {
  const { personId, appId } = state;
  const answer = await attempt(() => api.subscriptions(personId, appId));
  if (!answer) return;
  const chosen = new Set();
  const start = button("请求订阅", () => ask([...chosen]), {
    class: "button button-primary button-wide",
    testid: "subscribe-open",
    disabled: true,
  });
  const toggle = (id, box) => {
    if (box.checked && chosen.size >= MOST) {
      box.checked = false;
      return toast(`一次最多请求 ${MOST} 个模板。`, "error");
    }
    chosen[box.checked ? "add" : "delete"](id);
    start.disabled = chosen.size === 0;
    return undefined;
  };
  openSheet({
    title: "订阅消息",
    testid: "sheet-subscribe",
    content: answer.items.length
      ? [
          el("p", { class: "sheet-note" }, "选出页面要请求的模板（最多 5 个，一次性与长期的分开请求）："),
          el(
            "ul",
            { class: "check-list" },
            answer.items.map((item, index) => el("li", {}, templateRow(item, index, toggle))),
          ),
          start,
        ]
      : [el("p", { class: "option-empty" }, "这个账号还没有订阅消息的模板。")],
  });
}

function templateRow(item, index, toggle) {
  const box = el("input", {
    type: "checkbox",
    class: "check",
    testid: `subscribe-choose-${index}`,
    onchange: () => toggle(item.template_id, box),
  });
  return el(
    "label",
    { class: "check-row" },
    box,
    el("span", { class: "option-text" }, item.title, el("small", {}, creditWords(item))),
  );
}

/** How many messages the account may still send by this template. */
export function creditWords({ type, credits, kept }) {
  const kind = type === LONG_TERM ? "长期订阅" : "一次性订阅";
  const left = type === LONG_TERM ? (credits ? "已订阅" : "未订阅") : `还可发 ${credits} 条`;
  const choice = { accept: "总是允许", reject: "总是拒绝" }[kept];
  return [kind, left, choice].filter(Boolean).join(" · ");
}

/** Asks the platform: what was always allowed or refused is silent, the rest is asked in a pop-up. */
export async function ask(templateIds) {
  closeSheet();
  const { personId, appId } = state;
  const scene = isMiniProgram(currentAccount()) ? 0 : 1;
  const body = { template_ids: templateIds, scene };
  try {
    const answer = await api.act(personId, appId, "subscribe", body);
    say(answer);
  } catch (error) {
    if (error.data?.ask) await openPopup(body, error.data.ask);
    else toast(error.message, "error");
  }
}

async function openPopup(body, asked) {
  const { items } = await api.subscriptions(state.personId, state.appId);
  const wanted = asked.map((id) => items.find((item) => item.template_id === id)).filter(Boolean);
  const boxes = wanted.map((item, index) => choiceBox(index));
  const keep = el("input", { type: "checkbox", class: "check check-small", testid: "subscribe-keep" });
  const answer = (allowed) => {
    const answers = Object.fromEntries(
      wanted.map(({ template_id }, index) => [
        template_id,
        allowed && boxes[index].checked ? "accept" : "reject",
      ]),
    );
    closeSheet();
    return decide({ ...body, answers, keep: keep.checked });
  };
  openSheet({
    title: `${currentAccount().name} 申请`,
    testid: "subscribe-popup",
    content: [
      el("p", { class: "popup-lead" }, wanted.length > 1 ? "发送以下消息" : "发送一条以下消息"),
      el(
        "ul",
        { class: "check-list" },
        wanted.map((item, index) => popupRow(item, boxes[index])),
      ),
      el("label", { class: "keep-row" }, keep, "总是保持以上选择，不再询问"),
      el(
        "div",
        { class: "sheet-actions popup-actions" },
        button("取消", () => answer(false), { class: "button", testid: "subscribe-reject" }),
        button("允许", () => answer(true), { class: "button button-primary", testid: "subscribe-accept" }),
      ),
    ],
  });
}

function choiceBox(index) {
  return el("input", { type: "checkbox", class: "check", checked: true, testid: `subscribe-item-${index}` });
}

function popupRow({ title, example_rows: example = [] }, box) {
  return el(
    "li",
    {},
    el("label", { class: "check-row" }, box, el("span", { class: "option-text" }, title)),
    el(
      "details",
      { class: "example" },
      el("summary", {}, "看示例"),
      el(
        "dl",
        { class: "notice-rows" },
        example.map(({ label, value }) => el("div", {}, el("dt", {}, label), el("dd", {}, value))),
      ),
    ),
  );
}

async function decide(body) {
  const answer = await attempt(() => api.act(state.personId, state.appId, "subscribe", body));
  if (answer) say(answer);
}

function say({ results = {}, silent }) {
  const counted = Object.values(results).reduce((sum, one) => ({ ...sum, [one]: (sum[one] ?? 0) + 1 }), {});
  const words = Object.entries(counted).map(([one, count]) => `${WORDS[one] ?? one} ${count} 个`);
  toast(`${silent ? "按以前的选择，没有弹窗：" : ""}${words.join("，")}`);
}

/** The settings page of the account on the person's phone: what she receives, switched off and on. */
export async function openSubscriptionSettings() {
  const { personId, appId } = state;
  const answer = await attempt(() => api.subscriptions(personId, appId));
  if (!answer) return;
  const flip = async (item) => {
    if (await act("subscriptions", { template_id: item.template_id, on: item.refused }, { personId, appId }))
      await openSubscriptionSettings();
  };
  openSheet({
    title: "订阅消息设置",
    testid: "sheet-subscriptions",
    content: [
      answer.items.length === 0 && el("p", { class: "option-empty" }, "这个账号还没有订阅消息的模板。"),
      el(
        "ul",
        { class: "fault-list" },
        answer.items.map((item, index) => el("li", {}, settingRow(item, index, flip))),
      ),
    ],
  });
}

function settingRow(item, index, flip) {
  return button(
    "",
    () => flip(item),
    {
      class: "switch-row switch-good",
      role: "switch",
      "aria-checked": String(!item.refused),
      testid: `subscription-${index}`,
    },
    el(
      "span",
      { class: "option-text" },
      item.title,
      el("small", {}, item.refused ? "已关闭接收" : creditWords(item)),
    ),
    el("i", { class: "switch" }),
  );
}
