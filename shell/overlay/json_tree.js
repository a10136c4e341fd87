// JSON as a tree that folds, for the page text. Numbers and strings stand as in the source: nothing goes through
// JavaScript's numbers. Branches are built when they are opened, so that long texts open at once.
const MOST_CHILDREN = 2000;  // of one branch, at a time
const OPEN_BYTES = 3000;     // branches of at most so many characters are open at first
const MOST_DEPTH = 500;

const TOKEN = /[\s,:]*(?:("(?:[^"\\]|\\.)*")|([{}[\]])|([^\s,:{}[\]"]+))/gy;

// A tree of {open, close, from, to, items: [{key, value}]} and {text}; null: not JSON.
export function parseJson(text) {
  TOKEN.lastIndex = 0;
  const root = { items: [] };
  const stack = [root];
  let key = null;
  let end = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) {
      if (text.slice(end).trim() !== '') return null;
      break;
    }
    end = TOKEN.lastIndex;
    const [, string, bracket, word] = match;
    const top = stack[stack.length - 1];
    if (bracket === '}' || bracket === ']') {
      if (stack.length < 2 || top.close !== bracket || key !== null) return null;
      top.to = TOKEN.lastIndex;
      stack.pop();
      continue;
    }
    if (top.open === '{' && key === null) {
      if (!string) return null;
      key = string;
      continue;
    }
    const value = bracket
      ? { open: bracket, close: bracket === '{' ? '}' : ']', from: TOKEN.lastIndex - 1, to: 0, items: [] }
      : { text: string ?? word, kind: string ? 'string' : /^[-\d]/.test(word) ? 'number' : 'word' };
    if (word && !/^(true|false|null|NaN|-?Infinity|-?\d[\d.eE+-]*)$/.test(word)) return null;
    top.items.push({ key, value });
    key = null;
    if (bracket) {
      if (stack.length > MOST_DEPTH) return null;
      stack.push(value);
    }
  }
  return stack.length === 1 && root.items.length === 1 ? root.items[0].value : null;
}

export function jsonElements(value) {
  const tree = document.createElement('div');
  tree.className = 'json';
  tree.dir = 'ltr';
  tree.append(nodeOf(null, value, true));
  return tree;
}

function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function nodeOf(key, value, open) {
  const label = key === null ? [] : [span('key', key), ': '];
  if (!value.open || value.items.length === 0) {
    const line = document.createElement('div');
    line.append(...label, span(value.kind ?? 'quiet', value.open ? value.open + value.close : value.text));
    return line;
  }
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.append(...label, value.open, span('quiet', ` ${value.items.length} `), value.close);
  details.append(summary);
  const fill = () => {
    if (details.children.length > 1) return;
    const inner = document.createElement('div');
    inner.className = 'inner';
    details.append(inner);
    more(inner, value, 0);
  };
  details.addEventListener('toggle', () => { if (details.open) fill(); });
  if (open || value.to - value.from <= OPEN_BYTES) {
    details.open = true;
    fill();
  }
  return details;
}

function more(inner, value, from) {
  const to = Math.min(value.items.length, from + MOST_CHILDREN);
  for (let at = from; at < to; at++) {
    const { key, value: child } = value.items[at];
    inner.append(nodeOf(key, child, false));
  }
  if (to === value.items.length) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = `… ${value.items.length - to}`;
  button.addEventListener('click', () => {
    button.remove();
    more(inner, value, to);
  });
  inner.append(button);
}
