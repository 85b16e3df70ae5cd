// Writes into the first line of tongxin.d.ts of which openapi.json it was made; a test compares the two.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const digest = createHash("sha256").update(readFileSync("openapi.json")).digest("hex");
writeFileSync("tongxin.d.ts", `// Made by \`make client\` of openapi.json, SHA-256 ${digest}\n${readFileSync("tongxin.d.ts", "utf8")}`);
