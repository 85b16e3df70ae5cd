// Builds elements. Text only ever enters through text nodes, so foreign text can never become markup.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat(2).filter(isShown));
  return node;
}

export function button(label, onclick, props = {}, ...children) {
  return el("button", { type: "button", onclick, ...props }, children.length ? children : label);
}

export function fill(node, ...children) {
  node.replaceChildren(...children.flat(2).filter(isShown));
  return node;
}

export function byId(id) {
  return document.getElementById(id);
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false;
}

function setProp(node, name, value) {
  if (!isShown(value)) return;
  if (name === "class") node.className = value;
  else if (name === "testid") node.dataset.testid = value;
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : String(value));
}
