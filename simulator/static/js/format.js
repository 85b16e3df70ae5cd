// Times as a person in China reads them, whatever the zone of the computer.

const ZONE = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const CLOCK = new Intl.DateTimeFormat("zh-CN", { ...ZONE, hour: "2-digit", minute: "2-digit" });
const SECONDS = new Intl.DateTimeFormat("zh-CN", {
  ...ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DAY = new Intl.DateTimeFormat("zh-CN", { ...ZONE, month: "long", day: "numeric" });
const DATE = new Intl.DateTimeFormat("zh-CN", { ...ZONE, year: "numeric", month: "long", day: "numeric" });
const WEEKDAY = new Intl.DateTimeFormat("zh-CN", { ...ZONE, weekday: "short" });
const DAY_MS = 86_400_000;

export const clockTime = (when) => CLOCK.format(when);
export const secondTime = (when) => SECONDS.format(when);
export const dayAndTime = (when) => `${DAY.format(when)} ${WEEKDAY.format(when)} ${CLOCK.format(when)}`;

/** The stamp between messages: 09:22, 昨天 09:22, 11月21日 09:22. `now` is the pretend clock, in ms. */
export function stamp(when, now) {
  const time = CLOCK.format(when);
  if (DATE.format(when) === DATE.format(now)) return time;
  if (DATE.format(when) === DATE.format(now - DAY_MS)) return `昨天 ${time}`;
  const sameYear = DATE.format(when).slice(0, 4) === DATE.format(now).slice(0, 4);
  return `${(sameYear ? DAY : DATE).format(when)} ${time}`;
}

export function milliseconds(ms) {
  if (ms === null || ms === undefined) return "";
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** The signed distance of the pretend clock from the real one, in words; empty when they agree. */
export function offsetWords(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  if (minutes === 0) return "";
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts = [days && `${days} 天`, hours && `${hours} 小时`, minutes % 60 && `${minutes % 60} 分`].filter(
    Boolean,
  );
  return `${seconds > 0 ? "快" : "慢"} ${parts.join(" ")}`;
}
