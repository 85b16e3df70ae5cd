// The top of the conversation: the account's name or "typing", and the "…" menu.

import { endAgent, enterService, unfollow } from "./actions.js";
import { button, el, fill } from "./dom.js";
import { showTab } from "./frame.js";
import { icon } from "./icons.js";
import { openAuthorizations, receivingChoices } from "./sheet_person.js";
import { openSubscriptionSettings } from "./sheet_subscribe.js";
import { openMiniScreen } from "./miniapp.js";
import { openChoices } from "./sheets.js";
import { currentAccount, currentChat, currentPerson, isMiniProgram, isTalking } from "./state.js";
import { toast } from "./toasts.js";

let drawn = null;
let clearScreen = null; // the conversation's own act, given with the first drawing

export function chatHeader(node, clear) {
  clearScreen = clear;
  const account = currentAccount();
  const chat = currentChat();
  const talking = Boolean(account) && isTalking(account, chat);
  const look = [titleOf(account, chat, talking), subtitle(account, chat), talking].join("|");
  if (look === drawn) return;
  drawn = look;
  fill(
    node,
    button(
      "",
      () => showTab("people"),
      { class: "icon-button header-back", "aria-label": "回到人", testid: "back" },
      icon("back", 24),
    ),
    el(
      "div",
      { class: "header-title" },
      el("h2", { testid: "chat-title" }, titleOf(account, chat, talking)),
      el("small", {}, subtitle(account, chat)),
    ),
    button(
      "",
      openMenu,
      {
        class: "icon-button",
        "aria-label": "更多",
        "aria-haspopup": "dialog",
        testid: "chat-more",
        hidden: !talking,
      },
      icon("more", 24),
    ),
  );
}

function titleOf(account, chat, talking) {
  if (!account) return "同心";
  return talking && chat?.typing ? "对方正在输入…" : account.name;
}

function subtitle(account, chat) {
  if (!account) return "";
  const holder = `${currentPerson()?.nickname ?? ""}的手机`;
  if (chat?.agent) return `${holder} · 人工会话中`;
  if (chat?.blocked) return `${holder} · 已屏蔽消息`;
  return isMiniProgram(account) ? `${holder} · 小程序客服` : holder;
}

function openMenu() {
  const chat = currentChat();
  const official = !isMiniProgram(currentAccount());
  openChoices(
    currentAccount().name,
    [
      chat.agent && { label: "结束人工会话", testid: "agent-end", run: endAgent },
      {
        label: "清屏",
        hint: "只在这个页面上，刷新后还在",
        testid: "clear-screen",
        run: () => {
          clearScreen();
          toast("已清屏");
        },
      },
      !official && {
        label: "进入客服会话",
        hint: "相当于点小程序里的客服按钮",
        testid: "enter-service",
        run: enterService,
      },
      !official && {
        label: "打开小程序",
        testid: "open-mini",
        run: () => openMiniScreen({ appId: currentAccount().app_id }),
      },
      {
        label: "订阅消息设置",
        testid: "subscriptions",
        run: openSubscriptionSettings,
      },
      ...receivingChoices(chat, official),
      {
        label: "授权变更…",
        hint: "改资料、撤回授权、注销",
        testid: "authorization",
        run: openAuthorizations,
      },
      official && { label: "取消关注", tone: "danger", testid: "unfollow", run: unfollow },
    ].filter(Boolean),
  );
}
