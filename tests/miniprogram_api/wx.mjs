// Plays wx for docs/client/client.ts in Node.js: one JSON line in for each thing to do, one out for what came of it.
// The first `lost` answers of a line get lost on the way back.
import { createInterface } from "node:readline";

let lost = 0;
const keys = [];

const [module, base, appId, loginAddress] = process.argv.slice(2);

globalThis.wx = {
  login: ({ success, fail }) => {
    fetch(loginAddress, { method: "POST" }).then(async (reply) => success(await reply.json()), (error) => fail({ errMsg: String(error) }));
  },
  request: ({ url, method, data, header, success, fail }) => {
    keys.push(header["Idempotency-Key"] ?? "");
    fetch(url, { method, headers: header, body: data === undefined ? undefined : JSON.stringify(data) })
      .then(async (reply) => {
        const text = await reply.text();
        if (lost-- > 0) return fail({ errMsg: "request:fail timeout" });
        const type = reply.headers.get("Content-Type") ?? "";
        success({ statusCode: reply.status, data: type.includes("json") ? JSON.parse(text) : text, header: Object.fromEntries(reply.headers) });
      }, (error) => fail({ errMsg: String(error) }));
  },
};

const { Tongxin } = await import(module);
const api = new Tongxin(base, appId);

async function done({ verb, path, question, times }) {
  if (times) return Promise.all(Array.from({ length: times }, () => api[verb](path, question)));
  if (verb !== "each") return (await api[verb](path, question)) ?? null;
  const items = [];
  for await (const item of api.each(path, question)) items.push(item.code);
  return items;
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  lost = asked.lost ?? 0;
  keys.length = 0;
  const said = await done(asked).then((answer) => ({ answer }), (error) => (
    { refused: error.constructor.name, message: error.message, about: error.about?.("limit") ?? "", wait: error.retryAfter ?? 0 }));
  console.log(JSON.stringify({ ...said, keys }));
}
