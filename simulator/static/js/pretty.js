// Indents XML and JSON and tints it. What is neither is shown as it is.

import { el } from "./dom.js";

const TOKENS =
  /(<!\[CDATA\[|\]\]>)|(<\/?[\w:.-]+(?:\s[^<>]*)?\/?>)|("(?:[^"\\]|\\.)*"(?=\s*:))|("(?:[^"\\]|\\.)*")|\b(true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\b/g;
const KINDS = ["cdata", "tag", "key", "string", "atom"];
const LONGEST_TINTED = 40_000;

export function pretty(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("<")) return prettyXml(trimmed) ?? text;
  if (/^[[{]/.test(trimmed)) return prettyJson(trimmed) ?? text;
  return text;
}

export function prettyNodes(text) {
  if (text.length > LONGEST_TINTED || !/^\s*[<[{]/.test(text)) return [text];
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)];
    nodes.push(text.slice(end, match.index), el("span", { class: `tint-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

function prettyJson(text) {
  try {
    return indentJson(text);
  } catch {
    return null;
  }
}

// Numbers travel as marked strings, since parsing would round 64-bit message ids.
function indentJson(text) {
  const kept = text.replace(/("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)/g, (all, string, digits) =>
    string ? all : `"\\u0000${digits}"`,
  );
  return JSON.stringify(JSON.parse(kept), null, 2).replace(/"\\u0000([^"]+)"/g, "$1");
}

function prettyXml(text) {
  const parsed = new DOMParser().parseFromString(text, "application/xml");
  if (parsed.querySelector("parsererror")) return null;
  return lines(parsed.documentElement, "").join("\n");
}

function lines(node, indent) {
  const serializer = new XMLSerializer();
  if (node.childElementCount === 0) return [indent + serializer.serializeToString(node)];
  const inner = [...node.childNodes].filter(
    (child) => child.nodeType !== Node.TEXT_NODE || child.data.trim(),
  );
  const opening = serializer.serializeToString(node.cloneNode(false)).replace(/\/?>(<\/[^>]+>)?$/, ">");
  const body = inner.flatMap((child) =>
    child.nodeType === Node.ELEMENT_NODE
      ? lines(child, `${indent}  `)
      : [`${indent}  ${serializer.serializeToString(child)}`],
  );
  return [indent + opening, ...body, `${indent}</${node.nodeName}>`];
}
