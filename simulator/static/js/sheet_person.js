// What the … menu holds besides following: receiving or not, and taking back what was authorised.

import { block, changeAuthorization } from "./actions.js";
import { openChoices } from "./sheets.js";
import { currentAccount, isMiniProgram } from "./state.js";

// Numbers of RevokeInfo: the data that the account's server must delete.
const OF_MINIPROGRAMS = [
  ["6", "昵称和头像"],
  ["8", "手机号"],
  ["2", "收货地址"],
  ["13", "位置"],
  ["18", "选择的位置"],
  ["14", "选择的图片或视频"],
  ["15", "选择的文件"],
  ["5", "麦克风"],
  ["7", "摄像头"],
];
const OF_OFFICIAL = [
  ["205", "昵称和头像"],
  ["201", "收货地址"],
  ["206", "位置"],
  ["207", "图片或视频"],
  ["204", "麦克风"],
];

/** The choices for the menu; empty where the account has no followers. */
export function receivingChoices(chat, official) {
  if (!official) return [];
  return [
    {
      label: chat.blocked ? "恢复接收消息" : "屏蔽消息",
      hint: chat.blocked ? "现在收不到模板消息和客服消息" : "仍然关注，但不收它发来的消息",
      testid: "block",
      run: () => block(!chat.blocked),
    },
  ];
}

export function openAuthorizations() {
  openChoices("授权变更", [
    {
      label: "修改了授权过的资料",
      hint: "user_info_modified",
      testid: "authorization-modified",
      run: () => changeAuthorization("user_info_modified"),
    },
    {
      label: "撤回授权…",
      hint: "user_authorization_revoke",
      testid: "authorization-revoke",
      run: openRevocations,
    },
    {
      label: "注销账号",
      hint: "user_authorization_cancellation",
      tone: "danger",
      testid: "authorization-cancellation",
      run: () => changeAuthorization("user_authorization_cancellation"),
    },
  ]);
}

function openRevocations() {
  const infos = isMiniProgram(currentAccount()) ? OF_MINIPROGRAMS : OF_OFFICIAL;
  openChoices(
    "撤回哪一项授权",
    infos.map(([info, label]) => ({
      label,
      testid: `revoke-${info}`,
      run: () => changeAuthorization("user_authorization_revoke", info),
    })),
  );
}
